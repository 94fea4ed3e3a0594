/** Leaving the waiting queue, through `runBatch`. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { QueueEntryOutcome } from '../../../../../src/commands/schemas/resources.ts';
import {
  expectNothingBehind,
  expectOneEffect,
  expectRefusal,
} from '../../../../support/handler-promises.ts';
import { noteLine } from '../../../../support/services/note-line.ts';
import { openTestLane, type TestLane } from '../../../../support/services/test-lane.ts';

let lane: TestLane;
beforeAll(async () => {
  lane = await openTestLane();
});
afterAll(() => lane.stop());

const enter = (subject: string) => lane.command('enter-queue', { subject });
const leave = (subject: string) => lane.command('leave-queue', { subject });

const waiting = async () =>
  (
    await lane.rows<{ waiting: number }>(
      `select (added - numbering.removed - waiting_queue.removed)::int as waiting
       from waiting_queue join queue_numbering numbering on queue_id = id where id = 1`,
    )
  )[0]?.waiting;

test('a waiting entry is ended, and the number of waiting entries decreases', async () => {
  const entered = await lane.result<QueueEntryOutcome>(enter('ada'));
  const before = (await waiting()) ?? 0;
  const place = await lane.result(leave('ada'));
  expect(place).toEqual({ ...entered, state: 'ended' });
  expect(await waiting()).toBe(before - 1);
});

test('an active entry is ended, and the number of waiting entries is unchanged', async () => {
  const { entryId } = await lane.buyer('bea');
  const before = await waiting();
  expect(await lane.result(leave('bea'))).toMatchObject({ id: entryId, state: 'ended' });
  expect(await waiting()).toBe(before);
  const [entry] = await lane.rows(
    `select state, end_reason from queue_entry where id = ${entryId}`,
  );
  expect(entry).toEqual({ state: 'ended', end_reason: 'left' });
});

test('a user leaves one queue, and keeps the entry in another', async () => {
  const { concertId } = await lane.schedule();
  const input = { queueId: await lane.queue([concertId]) };
  await lane.run(enter('fay'), lane.command('enter-queue', { subject: 'fay', input }));
  const left = await lane.result(lane.command('leave-queue', { subject: 'fay', input }));
  expect(left).toMatchObject({ ...input, state: 'ended' });
  const open = await lane.rows(
    `select queue_id as "queueId" from queue_entry join app_user on app_user.id = user_id
     where subject = 'fay' and state = 'waiting'`,
  );
  expect(open).toEqual([{ queueId: 1 }]);
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
  await expectNothingBehind(lane, leave('eva'), 'update on queue_numbering');
});

test('who leaves and enters in one batch while being admitted is counted once', async () => {
  const { id } = await lane.result<QueueEntryOutcome>(enter('gus'));
  const admitted = await lane.lock(`
    with admitted as (
      update queue_entry set state = 'active', admitted_at = now(), claimed_at = now(),
        expires_at = now() + interval '1 hour', booking_until = now() + interval '1 hour'
      where id = ${id} returning queue_id
    ) update waiting_queue set removed = removed + 1 from admitted where waiting_queue.id = queue_id`);
  const running = lane.run(leave('gus'), enter('gus'));
  await lane.waitForLockWaiters(1);
  await admitted();
  const states = (await running).map(({ outcome }) => outcome.state);
  expect(states).toEqual(['succeeded', 'succeeded']);
  const [open] = await lane.rows<{ count: number }>(
    `select count(*)::int as count from queue_entry where queue_id = 1 and state = 'waiting'`,
  );
  expect(await waiting()).toBe(open?.count);
  await noteLine(lane.rows);
});
