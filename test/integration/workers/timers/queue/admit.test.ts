/** Admission: the order of users, the limit per window and the maximum of active sessions. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ADMISSION_LOCK, admit } from '../../../../../workers/timers/queue/admit.ts';
import { noteLine } from '../../../../support/services/note-line.ts';
import {
  openTestLane,
  ADMISSION_SETTINGS as SETTINGS,
  type TestLane,
} from '../../../../support/services/test-lane.ts';

let lane: TestLane;
beforeAll(async () => {
  lane = await openTestLane();
});
afterAll(() => lane.stop());

// Everybody of the test before has gone, and was admitted long ago.
beforeEach(async () => {
  await lane.rows(`update queue_entry set state = 'ended', ended_at = now(), end_reason = 'left',
    entered_at = now() - interval '1 hour', admitted_at = now() - interval '1 hour'`);
  await lane.rows(`update queue_numbering set removed = 0, added = removed_by.count
    from (select id, removed as count from waiting_queue) removed_by where id = queue_id`);
  await noteLine(lane.rows);
});

const enter = (...subjects: string[]) =>
  lane.run(...subjects.map((subject) => lane.command('enter-queue', { subject })));

/** @returns how many users were admitted */
const admitted = async (...given: Parameters<typeof admit>) =>
  (await admit(...given)).reduce((sum, { count }) => sum + count, 0);

const users = (count: number) => Array.from({ length: count }, (_, index) => `user ${index}`);

async function inState(state: string): Promise<string[]> {
  const found = await lane.rows<{ subject: string }>(
    `select subject from queue_entry join app_user on app_user.id = user_id
     where queue_entry.state = '${state}' order by number`,
  );
  return found.map(({ subject }) => subject);
}

/** Lets a window pass for everybody admitted so far. */
const passWindow = () =>
  lane.rows(`update queue_entry set entered_at = entered_at - interval '11 s',
    admitted_at = admitted_at - interval '11 s' where state <> 'waiting'`);

const counted = async () =>
  (
    await lane.rows<{ waiting: number }>(
      `select (added - numbering.removed - waiting_queue.removed)::int as waiting
       from waiting_queue join queue_numbering numbering on queue_id = id where id = 1`,
    )
  )[0]?.waiting;

test('users are admitted in the order of their numbers, up to the limit of the window', async () => {
  await enter('zoe', 'ada', 'mia', 'bea', 'kim');
  expect(await admitted(lane.orm, SETTINGS)).toBe(3);
  expect(await inState('active')).toEqual(['zoe', 'ada', 'mia']);
  expect(await admitted(lane.orm, SETTINGS)).toBe(0);
  expect(await counted()).toBe(2);
  await passWindow();
  expect(await admitted(lane.orm, SETTINGS)).toBe(2);
  expect(await inState('active')).toEqual(['zoe', 'ada', 'mia', 'bea', 'kim']);
  expect(await counted()).toBe(0);
});

test('admitted users who have left still count toward the limit of their window', async () => {
  await enter(...users(5));
  await admitted(lane.orm, SETTINGS);
  await lane.run(lane.command('leave-queue', { subject: 'user 0' }));
  expect(await admitted(lane.orm, SETTINGS)).toBe(0);
});

test('the number of active users never exceeds the maximum', async () => {
  const settings = { ...SETTINGS, admitLimit: 100, maxActive: 2 };
  await enter(...users(4));
  expect(await admitted(lane.orm, settings)).toBe(2);
  expect(await admitted(lane.orm, settings)).toBe(0);
  await lane.run(lane.command('leave-queue', { subject: 'user 1' }));
  expect(await admitted(lane.orm, settings)).toBe(1);
  expect(await inState('active')).toEqual(['user 0', 'user 2']);
});

test('an expired session ends and frees its slot', async () => {
  const settings = { ...SETTINGS, maxActive: 1 };
  await enter('ada', 'bea');
  await admitted(lane.orm, settings);
  await lane.rows(`update queue_entry set expires_at = now() - interval '1 s'
    where state = 'active'`);
  expect(await admitted(lane.orm, settings)).toBe(1);
  expect(await inState('active')).toEqual(['bea']);
  const [ended] = await lane.rows(
    `select end_reason, ended_at = expires_at as "endedOnTime" from queue_entry
     join app_user on app_user.id = user_id where subject = 'ada' order by number desc limit 1`,
  );
  expect(ended).toEqual({ end_reason: 'expired', endedOnTime: true });
});

test('a user who has left the queue is not admitted', async () => {
  await enter('ada', 'bea', 'cleo');
  await lane.run(lane.command('leave-queue', { subject: 'bea' }));
  expect(await admitted(lane.orm, SETTINGS)).toBe(2);
  expect(await inState('active')).toEqual(['ada', 'cleo']);
});

test('an empty queue admits no user', async () => {
  expect(await admitted(lane.orm, SETTINGS)).toBe(0);
});

test('four concurrent admissions never exceed the limit of the window', async () => {
  await enter(...users(12));
  const counts = await Promise.all([1, 2, 3, 4].map(() => admitted(lane.orm, SETTINGS)));
  expect(counts.toSorted()).toEqual([0, 0, 0, 3]);
  expect(await inState('active')).toEqual(users(3));
  expect(await counted()).toBe(9);
});

test('an admission counts what the one before it has committed', async () => {
  await enter(...users(6));
  // As the one before, which has admitted users and not committed yet.
  const commit = await lane.lock(`select pg_advisory_xact_lock(${ADMISSION_LOCK})`);
  const next = admitted(lane.orm, SETTINGS);
  await lane.waitForLockWaiters(1);
  await lane.rows(`update queue_entry set state = 'active', admitted_at = now(),
    expires_at = now() + interval '1 minute' where state = 'waiting' and number in (
      select number from queue_entry where state = 'waiting' order by number limit 2)`);
  await lane.rows(`update waiting_queue set removed = removed + 2`);
  await noteLine(lane.rows);
  await commit();
  expect(await next).toBe(1);
});

test('four concurrent admissions never exceed the maximum of active sessions', async () => {
  await enter(...users(12));
  const settings = { ...SETTINGS, admitLimit: 100, maxActive: 5 };
  await Promise.all([1, 2, 3, 4].map(() => admitted(lane.orm, settings)));
  expect(await inState('active')).toEqual(users(5));
});

test('users who enter and leave during admissions are counted correctly', async () => {
  await enter(...users(6));
  const wide = { ...SETTINGS, admitLimit: 2 };
  const leaving = ['user 0', 'user 1', 'user 5'].map((subject) =>
    lane.command('leave-queue', { subject }),
  );
  await Promise.all([admitted(lane.orm, wide), lane.run(...leaving), admitted(lane.orm, wide)]);
  expect(await counted()).toBe((await inState('waiting')).length);
});

test('an entry past its booking time ends, unless it holds an order', async () => {
  const schedule = await lane.schedule();
  const seats = schedule.seatIds;
  const [ava, ben] = [await lane.buyer('ava'), await lane.buyer('ben')];
  await lane.hold(ava, seats[0] as number);
  const given = await lane.hold(ben, seats[1] as number);
  await lane.rows(`update queue_entry set booking_until = now() where state = 'active'`);
  await admit(lane.orm, SETTINGS);
  expect(await inState('active')).toEqual(['ava', 'ben']);
  await lane.result(
    lane.command('cancel-booking', { subject: 'ben', input: { bookingId: given.id } }),
  );
  await admit(lane.orm, SETTINGS);
  expect(await inState('active')).toEqual(['ava']);
  const ended = await lane.rows(`select end_reason from queue_entry where id = ${ben.entryId}`);
  expect(ended).toEqual([{ end_reason: 'expired' }]);
});
