/** Registering and removing webhooks, through `runBatch`. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  expectNothingBehind,
  expectOneEffect,
  expectRefusal,
} from '../../../../support/handler-promises.ts';
import { openTestLane, type TestLane } from '../../../../support/services/test-lane.ts';

let lane: TestLane;
beforeAll(async () => {
  lane = await openTestLane();
});
afterAll(() => lane.stop());

const subject = 'operator';
const HOOK = { url: 'https://receiver.example/', commands: ['use-points'], events: [] };
const register = () => lane.command('register-webhook', { subject, input: HOOK });
const remove = (webhookId: number) =>
  lane.command('remove-webhook', { subject, input: { webhookId } });
const registered = async () => (await lane.result<{ id: number }>(register())).id;

test('register-webhook succeeds, and the log names what was registered', async () => {
  const webhook = await lane.result(register());
  expect(webhook).toEqual({ ...HOOK, id: expect.any(Number), createdAt: expect.any(String) });
  const logged = await lane.rows(`select command, before, after from operator_log`);
  expect(logged).toEqual([{ command: 'register-webhook', before: null, after: webhook }]);
});

test('register-webhook runs twice with one effect', () => expectOneEffect(lane, register()));

test('register-webhook leaves nothing behind when a statement fails midway', async () => {
  await expectNothingBehind(lane, register(), 'insert on webhook');
  await expectNothingBehind(lane, register(), 'insert on operator_log');
});

test('remove-webhook refuses one that does not exist, and one that was removed', async () => {
  const id = await registered();
  expect(await lane.result(remove(id))).toMatchObject({ ...HOOK, id });
  await expectRefusal(lane, remove(id), { code: 'WEBHOOK_NOT_FOUND' });
  await expectRefusal(lane, remove(999_999), { code: 'WEBHOOK_NOT_FOUND' });
});

test('remove-webhook runs twice with one effect', async () =>
  expectOneEffect(lane, remove(await registered())));

test('remove-webhook leaves nothing behind when a statement fails midway', async () => {
  const id = await registered();
  await expectNothingBehind(lane, remove(id), 'update on webhook');
  await expectNothingBehind(lane, remove(id), 'insert on operator_log');
});
