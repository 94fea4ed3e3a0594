/** Opening a gate of a performance, through `runBatch`. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  expectNothingBehind,
  expectOneEffect,
  expectRefusal,
} from '../../../../support/handler-promises.ts';
import { cancelSchedule } from '../../../../support/services/cancellations.ts';
import { openTestLane, type TestLane } from '../../../../support/services/test-lane.ts';

let lane: TestLane;
beforeAll(async () => {
  lane = await openTestLane();
});
afterAll(() => lane.stop());

const gate = 'North 2';
const open = (scheduleId: number) =>
  lane.command('open-gate', { subject: 'operator', input: { scheduleId, gate } });
const aSchedule = async () => (await lane.schedule()).id;

test('succeeds, and only the log tells of it', async () => {
  const scheduleId = await aSchedule();
  expect(await lane.result(open(scheduleId))).toEqual({ scheduleId, gate });
  const logged = await lane.rows(`select after from operator_log where command = 'open-gate'`);
  expect(logged).toEqual([{ after: { scheduleId, gate } }]);
});

test('refuses a performance that does not exist, and one that is cancelled', async () => {
  await expectRefusal(lane, open(999_999), { code: 'SCHEDULE_NOT_FOUND' });
  const scheduleId = await aSchedule();
  await cancelSchedule(lane, scheduleId);
  await expectRefusal(lane, open(scheduleId), { code: 'SCHEDULE_CANCELLED' });
});

test('runs twice with one effect', async () => expectOneEffect(lane, open(await aSchedule())));

test('leaves nothing behind when a statement fails midway', async () =>
  expectNothingBehind(lane, open(await aSchedule()), 'insert on operator_log'));
