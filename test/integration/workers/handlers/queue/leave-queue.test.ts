/** Leaving the waiting queue, through `runBatch`. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { QueueEntryOutcome } from '../../../../../src/commands/schemas/resources.ts';
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

const enter = (subject: string) => lane.command('enter-queue', { subject });
const leave = (subject: string) => lane.command('leave-queue', { subject });

const waiting = async () =>
  (await lane.rows<{ waiting: number }>(`select waiting from waiting_queue`))[0]?.waiting;

test('a waiting entry is ended, and the number of waiting entries decreases', async () => {
  const { number } = await lane.result<QueueEntryOutcome>(enter('ada'));
  const before = (await waiting()) ?? 0;
  const place = await lane.result(leave('ada'));
  expect(place).toEqual({ number, state: 'ended', expiresAt: null });
  expect(await waiting()).toBe(before - 1);
});

test('an active entry is ended, and the number of waiting entries is unchanged', async () => {
  const { queueNumber } = await lane.buyer('bea');
  const before = await waiting();
  expect(await lane.result(leave('bea'))).toMatchObject({ number: queueNumber, state: 'ended' });
  expect(await waiting()).toBe(before);
  const [entry] = await lane.rows(
    `select state, end_reason from queue_entry where number = ${queueNumber}`,
  );
  expect(entry).toEqual({ state: 'ended', end_reason: 'left' });
});

test('a user without an entry is refused', () =>
  expectRefusal(lane, leave('nobody'), { code: 'QUEUE_ENTRY_NOT_FOUND' }));

test('a user who has already left is refused, also within one batch', async () => {
  const [, , second] = await lane.run(enter('cleo'), leave('cleo'), leave('cleo'));
  expect(second?.outcome).toMatchObject({ problem: { code: 'QUEUE_ENTRY_NOT_FOUND' } });
  await expectRefusal(lane, leave('cleo'), { code: 'QUEUE_ENTRY_NOT_FOUND' });
});

test('runs twice with one effect', async () => {
  await lane.result(enter('dora'));
  await expectOneEffect(lane, leave('dora'));
});

test('leaves nothing behind when a statement fails midway', async () => {
  await lane.result(enter('eva'));
  await expectNothingBehind(lane, leave('eva'), 'update on waiting_queue');
});
