/** Entering the waiting queue, through `runBatch`. */
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
  lane = await openTestLane({ maxWaiting: 100 });
});
afterAll(() => lane.stop());

const enter = (subject: string) => lane.command('enter-queue', { subject });

async function counters() {
  const [found] = await lane.rows<{ last: number; waiting: number }>(
    `select last_number::int as last, waiting from waiting_queue`,
  );
  if (!found) throw new Error('The table waiting_queue has no row.');
  return found;
}

test('succeeds: users get numbers without gaps, in the order of the batch', async () => {
  const { last, waiting } = await counters();
  const finished = await lane.run(enter('zoe'), enter('ada'), enter('mia'));
  expect(finished.map(({ outcome }) => outcome)).toEqual(
    [1, 2, 3].map((step) => ({
      state: 'succeeded',
      result: { number: last + step, state: 'waiting', expiresAt: null },
    })),
  );
  expect(await counters()).toEqual({ last: last + 3, waiting: waiting + 3 });
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
  expect(place).toMatchObject({ number: buyer.queueNumber, state: 'active' });
});

test('a user whose session has expired gets a new number', async () => {
  const { queueNumber } = await lane.buyer('iris');
  await lane.rows(`update queue_entry set expires_at = now() - interval '1 s'
    where number = ${queueNumber}`);
  const place = await lane.result<QueueEntryOutcome>(enter('iris'));
  expect(place).toMatchObject({ state: 'waiting', expiresAt: null });
  expect(place.number).toBeGreaterThan(queueNumber);
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
