/** Entering the waiting queue, through `runBatch`. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { QueueEntryOutcome } from '../../../../../src/commands/schemas/resources.ts';
import {
  expectNothingBehind,
  expectOneEffect,
  expectRefusal,
} from '../../../../support/handler-promises.ts';
import {
  inLane,
  openTestLane,
  runToTheEnd,
  type TestLane,
  takeLane,
} from '../../../../support/services/test-lane.ts';

let lane: TestLane;
beforeAll(async () => {
  lane = await openTestLane({ maxWaiting: 100 });
});
afterAll(() => lane.stop());

const enter = (subject: string) => lane.command('enter-queue', { subject });

async function counters(queueId = 1) {
  const [found] = await lane.rows<{ last: number; waiting: number }>(
    `select last_number::int as last, (added - numbering.removed - waiting_queue.removed)::int as waiting
     from waiting_queue join queue_numbering numbering on queue_id = id where id = ${queueId}`,
  );
  if (!found) throw new Error(`There is no queue ${queueId}.`);
  return found;
}

test('succeeds: users get numbers without gaps, in the order of the batch', async () => {
  const { last, waiting } = await counters();
  const finished = await lane.run(enter('zoe'), enter('ada'), enter('mia'));
  expect(finished.map(({ outcome }) => outcome)).toEqual(
    [1, 2, 3].map((step) => ({
      state: 'succeeded',
      result: {
        id: last + step,
        queueId: 1,
        number: last + step,
        enteredAt: expect.any(String),
        state: 'waiting',
        expiresAt: null,
        bookingUntil: null,
      },
    })),
  );
  expect(await counters()).toEqual({ last: last + 3, waiting: waiting + 3 });
});

test('each queue has numbers of its own without gaps, and a user can wait in several', async () => {
  const { concertId } = await lane.schedule();
  const queueId = await lane.queue([concertId]);
  const enterIt = (subject: string) => lane.command('enter-queue', { subject, input: { queueId } });
  const { last } = await counters();
  const finished = await lane.run(enter('una'), enterIt('una'), enterIt('vic'), enter('vic'));
  expect(finished.map(({ outcome }) => outcome)).toMatchObject([
    { result: { queueId: 1, number: last + 1 } },
    { result: { queueId, number: 1 } },
    { result: { queueId, number: 2 } },
    { result: { queueId: 1, number: last + 2 } },
  ]);
  expect(await counters(queueId)).toEqual({ last: 2, waiting: 2 });
  const again = await lane.run(enterIt('una'), enter('una'));
  expect(again.map(({ outcome }) => outcome)).toEqual([finished[1]?.outcome, finished[0]?.outcome]);
  const ids = await lane.rows(`select id from queue_entry where queue_id = ${queueId} order by id`);
  expect(ids).toEqual([1, 2].map((number) => ({ id: (queueId - 1) * 2 ** 36 + number })));
});

test('batches that enter two queues do not wait for each other', async () => {
  const { concertId } = await lane.schedule();
  const queueId = await lane.queue([concertId]);
  const free = await lane.lock('select 1 from queue_numbering where queue_id = 1 for update');
  const waiting = lane.run(enter('wim'));
  await lane.waitForLockWaiters(1);
  const input = { queueId };
  const owned = await takeLane(lane.orm, 'user-1');
  const command = inLane(lane.command('enter-queue', { subject: 'wim', input }), owned);
  const [finished] = await runToTheEnd(lane.deps, owned, [command]);
  expect(finished?.outcome).toMatchObject({ result: { queueId, number: 1 } });
  await free();
  expect((await waiting)[0]?.outcome).toMatchObject({ state: 'succeeded' });
});

test('a queue that does not exist refuses to be entered', () =>
  expectRefusal(lane, lane.command('enter-queue', { subject: 'xia', input: { queueId: 999 } }), {
    code: 'QUEUE_NOT_FOUND',
    queueId: 999,
  }));

test('to enter again locks no waiting entry, so that nobody can hold the line up', async () => {
  const { id } = await lane.result<QueueEntryOutcome>(enter('yan'));
  const free = await lane.lock(`select 1 from queue_entry where id = ${id} for update`);
  expect(await lane.result(enter('yan'))).toMatchObject({ id, state: 'waiting' });
  await free();
});

test('a user with an entry keeps it, also within one batch', async () => {
  const finished = await lane.run(enter('bea'), enter('bea'));
  const again = await lane.outcome(enter('bea'));
  expect(finished[1]?.outcome).toEqual(finished[0]?.outcome);
  expect(again).toEqual(finished[0]?.outcome);
});

test('an admitted user keeps the active entry', async () => {
  const buyer = await lane.buyer('cleo');
  const place = await lane.result<QueueEntryOutcome>(enter('cleo'));
  expect(place).toMatchObject({ id: buyer.entryId, state: 'active' });
});

test('an admitted user whose hold has prolonged the entry reads both of its ends', async () => {
  const { entryId } = await lane.buyer('dana');
  await lane.rows(`update queue_entry set booking_until = '2026-11-27T12:00Z', expires_at = '2999-01-01T00:00Z'
    where id = ${entryId}`);
  expect(await lane.result(enter('dana'))).toMatchObject({
    state: 'active',
    expiresAt: '2999-01-01T00:00:00.000Z',
    bookingUntil: '2026-11-27T12:00:00.000Z',
  });
});

test('a user whose session has expired gets a new number', async () => {
  const { entryId } = await lane.buyer('iris');
  await lane.rows(`update queue_entry set expires_at = now() - interval '1 s'
    where id = ${entryId}`);
  const place = await lane.result<QueueEntryOutcome>(enter('iris'));
  expect(place).toMatchObject({ state: 'waiting', expiresAt: null });
  expect(place.id).toBeGreaterThan(entryId);
});

test('a user who left gets a new number', async () => {
  const leave = lane.command('leave-queue', { subject: 'dora' });
  const [first, , second] = await lane.run(enter('dora'), leave, enter('dora'));
  const numbers = [first, second].map(
    (each) => (each?.outcome as { result: QueueEntryOutcome } | undefined)?.result,
  );
  expect(numbers[1]?.number).toBe((numbers[0]?.number ?? 0) + 1);
  expect(numbers[1]?.state).toBe('waiting');
});

test('a full queue refuses new users, but not users with an entry', async () => {
  await lane.result(enter('eva'));
  const { waiting } = await counters();
  const full = { ...lane.deps.settings, maxWaiting: waiting };
  const fullLane = Object.assign(Object.create(lane), { deps: { ...lane.deps, settings: full } });
  await expectRefusal(fullLane, enter('fay'), { code: 'QUEUE_FULL' });
  expect(await fullLane.outcome(enter('eva'))).toMatchObject({ state: 'succeeded' });
});

test('runs twice with one effect', () => expectOneEffect(lane, enter('gina')));

test('leaves nothing behind when a statement fails midway', () =>
  expectNothingBehind(lane, enter('hana'), 'insert on queue_entry'));
