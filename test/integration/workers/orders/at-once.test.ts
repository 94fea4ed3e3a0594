/** Many orders that are paid, cancelled and expired at the same time by several lanes and the timer. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checks } from '../../../../scripts/audit/checks.ts';
import type { Order } from '../../../../src/commands/schemas/resources.ts';
import type { OwnedLane, TakenCommand } from '../../../../workers/batch/batch.ts';
import { expireHolds } from '../../../../workers/timers/expire-holds.ts';
import { endHolds } from '../../../support/end-holds.ts';
import { type Orders, ordersOf } from '../../../support/orders.ts';
import {
  type Buyer,
  inLane,
  openTestLane,
  runToTheEnd,
  type TestLane,
  takeLane,
} from '../../../support/services/test-lane.ts';

const ORDERS = 1000;
const SEATS = 4;
const BATCH = 50;
const SUBJECTS = Array.from({ length: 20 }, (_, user) => `user ${user}`);

let lane: TestLane;
let lanes: OwnedLane[];
let seatIds: number[];
let orders: Orders;
beforeAll(async () => {
  const limits = { seatsPerUserMax: 100, admitLimit: 5000, maxActive: 5000 };
  lane = await openTestLane(limits, { connectionsMax: 8 });
  lanes = [await takeLane(lane.orm, 'user-1'), await takeLane(lane.orm, 'user-2')];
  const hall = { section: null, row: null, from: 1, to: 2 * ORDERS * SEATS, price: 10 };
  const schedule = await lane.schedule({ seats: [hall] });
  seatIds = schedule.seatIds;
  orders = ordersOf(lane, schedule.id);
}, 120_000);
afterAll(() => lane.stop());

/** All users, admitted: a user whose place has ended gets another. */
async function everybody(): Promise<Buyer[]> {
  const buyers: Buyer[] = [];
  for (const subject of SUBJECTS) buyers.push(await lane.buyer(subject));
  return buyers;
}

async function deadlocks(): Promise<number> {
  const [row] = await lane.rows<{ deadlocks: number }>(
    `select deadlocks::int from pg_stat_database where datname = current_database()`,
  );
  return row?.deadlocks ?? 0;
}

/** Applies commands of a lane in batches, one after the other. */
async function inBatches(own: OwnedLane, commands: readonly TakenCommand[]) {
  const finished = [];
  for (let start = 0; start < commands.length; start += BATCH) {
    const batch = commands.slice(start, start + BATCH).map((command) => inLane(command, own));
    finished.push(...(await runToTheEnd(lane.deps, own, batch)));
  }
  return finished.map(({ outcome }) =>
    outcome.state === 'rejected' ? outcome.problem.code : outcome.state,
  );
}

/** Places so many orders of four seats each, for all users in turn. */
async function place(): Promise<{ buyer: Buyer; id: number }[]> {
  const buyers = await everybody();
  const placed: { buyer: Buyer; id: number }[] = [];
  for (let start = 0; start < ORDERS; start += BATCH) {
    const some = Array.from(
      { length: BATCH },
      (_, index) => buyers[(start + index) % buyers.length] as Buyer,
    );
    const commands = some.map((buyer) => orders.place(buyer, seatIds.splice(0, SEATS)));
    const settings = { ...lane.deps.settings, seatsPerUserMax: 100_000 };
    const finished = await runToTheEnd({ ...lane.deps, settings }, lane.lane, commands);
    for (const [index, { outcome }] of finished.entries()) {
      expect(outcome).toMatchObject({ state: 'succeeded' });
      const { id } = (outcome as { result: Order }).result;
      placed.push({ buyer: some[index] as Buyer, id });
    }
  }
  return placed;
}

async function points(each: number): Promise<void> {
  for (const subject of SUBJECTS) await lane.points(subject, each);
}

async function audit(): Promise<void> {
  for (const { promise, wrong } of checks) expect(await lane.rows(wrong), promise).toEqual([]);
}

test('each order is paid, cancelled or expired exactly once', async () => {
  const placed = await place();
  await points(1_000_000);
  await endHolds(lane.rows, `state = 'held'`, {
    holdEnd: `now() - interval '12 seconds'`,
    seatEnd: `now() - interval '2 seconds'`,
  });
  // The place was admitted before the commands that are moved back in time.
  await lane.rows(`update queue_entry set entered_at = entered_at - interval '1 minute',
    admitted_at = admitted_at - interval '1 minute'`);
  const before = await deadlocks();
  const acceptedAt = Date.now() - 60_000;
  const pays = placed.map(({ buyer, id }) => orders.pay(buyer, id, { acceptedAt }));
  const cancels = placed.map(({ buyer, id }) => orders.cancel(buyer.subject, id, { acceptedAt }));
  let isOver = false;
  const expiring = (async () => {
    let released = 0;
    // Each run ends some thousand seats; between them the lanes get their turn.
    while (!isOver) released += await expireHolds(lane.orm);
    return released;
  })();
  const [paid, cancelled] = await Promise.all([
    inBatches(lanes[0] as OwnedLane, pays),
    inBatches(lanes[1] as OwnedLane, cancels.toReversed()),
  ]);
  isOver = true;
  const released = await expiring;
  cancelled.reverse();
  expect(await deadlocks()).toBe(before);
  const found = await lane.rows<{ id: number; state: string }>(
    `select id::int, state from app_order where id >= ${placed[0]?.id} order by id`,
  );
  const states = new Map(found.map(({ id, state }) => [id, state]));
  let expired = 0;
  for (const [index, { id }] of placed.entries()) {
    const outcomes = [paid[index], cancelled[index]].join(' ');
    const state = states.get(id);
    if (state === 'expired') expired += 1;
    const fitting: Record<string, string[]> = {
      paid: ['succeeded CANCELLATION_CLOSED'],
      // The payment came first, and the cancellation refunded it.
      refunded: ['succeeded succeeded'],
      cancelled: ['ORDER_CANCELLED succeeded'],
      expired: ['HOLD_EXPIRED HOLD_EXPIRED'],
    };
    expect(fitting[state ?? ''], `order ${id} is ${state}: ${outcomes}`).toContain(outcomes);
  }
  expect(released).toBe(expired * SEATS);
  await audit();
}, 240_000);

test('users with points for three orders each pay exactly three whole orders', async () => {
  const placed = await place();
  const [row] = await lane.rows<{ balance: string }>('select max(balance) as balance from points');
  expect(Number(row?.balance)).toBeGreaterThan(0);
  // Users spend what they have, but for three orders.
  for (const subject of SUBJECTS) {
    const [own] = await lane.rows<{ balance: string }>(
      `select balance from points join app_user on id = user_id where subject = '${subject}'`,
    );
    const amount = Number(own?.balance) - 3 * SEATS * 10;
    await lane.result(lane.command('use-points', { subject, input: { amount } }));
  }
  const before = await deadlocks();
  const half = placed.length / 2;
  const pays = placed.map(({ buyer, id }) => orders.pay(buyer, id));
  const outcomes = await Promise.all([
    inBatches(lanes[0] as OwnedLane, pays.slice(0, half)),
    inBatches(lanes[1] as OwnedLane, pays.slice(half)),
  ]);
  expect(await deadlocks()).toBe(before);
  const counts = Map.groupBy(outcomes.flat(), (outcome) => outcome);
  expect(counts.get('succeeded')).toHaveLength(3 * SUBJECTS.length);
  expect(counts.get('INSUFFICIENT_POINTS')).toHaveLength(ORDERS - 3 * SUBJECTS.length);
  const balances = await lane.rows('select distinct balance::int from points');
  expect(balances).toEqual([{ balance: 0 }]);
  await audit();
}, 240_000);
