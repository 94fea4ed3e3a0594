/** Many orders of the same areas, which several lanes hold, pay, cancel and expire at the same time. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checks } from '../../../../scripts/audit/checks.ts';
import type { Order } from '../../../../src/commands/schemas/resources.ts';
import { openDatabase } from '../../../../src/db/connection/orm.ts';
import type { LaneName } from '../../../../src/lanes/lanes.ts';
import type { BatchDeps } from '../../../../workers/batch/apply-batch.ts';
import { AreaUse } from '../../../../workers/batch/area-use.ts';
import type { FinishedCommand, OwnedLane, TakenCommand } from '../../../../workers/batch/batch.ts';
import { Remembered } from '../../../../workers/batch/remembered.ts';
import { runTogether } from '../../../../workers/batch/run-batch.ts';
import { ConcurrencyLimit } from '../../../../workers/lanes/concurrency-limit.ts';
import { expireHolds } from '../../../../workers/timers/expire-holds.ts';
import { batchMetrics } from '../../../support/batches/batch-metrics.ts';
import { endHolds } from '../../../support/end-holds.ts';
import { areaState, type Orders, ordersOf } from '../../../support/orders.ts';
import {
  type Buyer,
  inLane,
  openTestLane,
  type TestLane,
  takeLane,
} from '../../../support/services/test-lane.ts';

const USERS = 40;
const BATCH = 40;

let lane: TestLane;
/** A worker with a lane and connections of its own, which find deadlocks long before they give up a lock. */
interface WorkerOf {
  own: OwnedLane;
  deps: BatchDeps;
  /** How often it has repeated a batch as a whole. */
  repeated: number;
}
let workers: [WorkerOf, WorkerOf];
let buyers: Buyer[];
/** How often a batch was split, of any reason; one that meets a deadlock is. */
let splits: string[];
beforeAll(async () => {
  const limits = { seatsPerUserMax: 10_000, admitLimit: 5000, maxActive: 5000 };
  lane = await openTestLane(limits);
  const [database] = await lane.rows<{ name: string }>('select current_database() as name');
  await lane.rows(`alter database "${database?.name}" set deadlock_timeout = '50ms'`);
  workers = [await startWorker('user-1'), await startWorker('user-2')];
  splits = [];
  buyers = [];
  for (let user = 0; user < USERS; user += 1) {
    buyers.push(await lane.buyer(`user ${user}`));
    await lane.points(`user ${user}`, 1_000_000);
  }
}, 120_000);
afterAll(async () => {
  for (const { promise, wrong } of checks) expect(await lane.rows(wrong), promise).toEqual([]);
  for (const { deps } of workers) await deps.orm.close();
  await lane.stop();
});

async function startWorker(name: LaneName): Promise<WorkerOf> {
  const { databaseUrl } = lane.config;
  const orm = await openDatabase({
    databaseUrl,
    connectionsMax: 4,
    applicationName: 'test',
    isByKeyOnly: true,
  });
  const worker: WorkerOf = {
    own: await takeLane(lane.orm, name),
    repeated: 0,
    deps: {
      ...lane.deps,
      orm,
      remembered: new Remembered(),
      keyTries: new ConcurrencyLimit(2),
      metrics: batchMetrics({
        split: (into: string, kind: string) => void splits.push(`${into}: ${kind}`),
        retried: () => {
          worker.repeated += 1;
        },
      }),
    },
  };
  return worker;
}

const buyer = (user: number) => buyers[user % USERS] as Buyer;

/** Applies commands of a lane in batches, as its loop does, none of which may be split or blocked. */
async function inBatches({ own, deps }: WorkerOf, commands: readonly TakenCommand[]) {
  const finished: FinishedCommand[] = [];
  for (let start = 0; start < commands.length; start += BATCH) {
    const batch = commands.slice(start, start + BATCH).map((command) => inLane(command, own));
    const result = await runTogether(deps, [{ lane: own, commands: batch }]);
    expect(result?.blocked).toEqual([]);
    finished.push(...(result?.finished ?? []));
  }
  return finished.map(({ outcome }) => outcome);
}

async function place(orders: Orders, count: number, wanted: (index: number) => object) {
  const commands = Array.from({ length: count }, (_, index) =>
    orders.placeIn(buyer(index), wanted(index)),
  );
  const outcomes = await inBatches(workers[0], commands);
  return outcomes.map((outcome, index) => {
    if (outcome.state !== 'succeeded') throw new Error(JSON.stringify(outcome));
    return { buyer: buyer(index), id: (outcome.result as Order).id };
  });
}

test('orders that name areas and a seat in opposite order get them one after the other', async () => {
  const areas = ['A', 'B'].map((name) => ({ name, capacity: 1000, price: 1 }));
  const { id, seatIds, areaIds } = await lane.schedule({ areas });
  const orders = ordersOf(lane, id);
  for (let round = 0; round < 8; round += 1) {
    const both = areaIds.map((areaId) => ({ areaId, quantity: 1 }));
    const seats = [seatIds[round], seatIds[round + 20]] as [number, number];
    const one = orders.placeIn(buyer(1), { areas: both.toReversed(), seatIds: seats });
    const other = orders.placeIn(buyer(2), { seatIds: seats.toReversed(), areas: both });
    const locks = await Promise.all(
      areaIds.map((areaId) => lane.lock(`select from area where id = ${areaId} for update`)),
    );
    const ordering = Promise.all([inBatches(workers[0], [one]), inBatches(workers[1], [other])]);
    // Both wait for their first area. If it were not the same one, each would get it and wait for that of the other.
    await lane.waitForLockWaiters(2);
    for (const free of locks) await free();
    const states = (await ordering).flat().map(({ state }) => state);
    expect(states.toSorted()).toEqual(['rejected', 'succeeded']);
  }
  expect(splits).toEqual([]);
  expect(await areaState(lane, areaIds[0] as number)).toBe('8 held, 0 sold of 1000');
});

test('payments and new holds of one area, of two workers, are never split into keys', async () => {
  const areas = [{ name: 'A', capacity: 1000, price: 1 }];
  const { id, seatIds, areaIds } = await lane.schedule({ areas });
  const areaId = areaIds[0] as number;
  const orders = ordersOf(lane, id);
  const held = await place(orders, 200, () => ({ areas: [{ areaId, quantity: 1 }] }));
  // An everyday case: the seat that somebody wants is in an order with a place of the area, which has run out.
  const mixed = { seatIds: seatIds.slice(0, 1), areas: [{ areaId, quantity: 1 }] };
  const [late] = await place(orders, 1, () => mixed);
  await lane.expireHold({ orderId: late?.id ?? 0 });
  for (const worker of workers) {
    worker.deps.remembered = new Remembered(new AreaUse(false));
    worker.repeated = 0;
  }
  const holds = Array.from({ length: 200 }, (_, index) =>
    orders.placeIn(buyer(index), { areas: [{ areaId, quantity: 1 }] }),
  );
  const payments = held.map((each) => orders.pay(each.buyer, each.id));
  const [paid, placed] = await Promise.all([
    inBatches(workers[0], payments),
    (async () => {
      // Alone, so that no other order of its batch has the area locked.
      const seat = orders.placeIn(buyer(3), { seatIds: seatIds.slice(0, 1) });
      const first = await inBatches(workers[1], [seat]);
      return [...first, ...(await inBatches(workers[1], holds))];
    })(),
  ]);
  expect(new Set([...paid, ...placed].map(({ state }) => state))).toEqual(new Set(['succeeded']));
  expect(splits).toEqual([]);
  // Each worker repeats the one batch by which it learns of areas, and hardly any other.
  for (const { repeated } of workers) {
    expect(repeated).toBeGreaterThan(0);
    expect(repeated).toBeLessThan(payments.length / BATCH);
  }
  expect(await areaState(lane, areaId)).toBe('200 held, 200 sold of 1000');
});

test('the places of an area are sold once, while orders are placed, paid, cancelled and expired', async () => {
  const areas = ['A', 'B'].map((name) => ({ name, capacity: 300, price: 1 }));
  const { id, areaIds, seatIds } = await lane.schedule({
    areas,
    seats: [{ section: null, row: null, from: 1, to: 600, price: 1 }],
  });
  const orders = ordersOf(lane, id);
  const [one, other] = areaIds as [number, number];
  const placed = await place(orders, 240, (index) => ({
    areas: [
      { areaId: index % 2 === 0 ? one : other, quantity: 1 },
      ...(index % 3 === 0 ? [{ areaId: index % 2 === 0 ? other : one, quantity: 1 }] : []),
    ],
    ...(index % 4 === 0 && { seatIds: [seatIds[index] as number] }),
  }));
  await endHolds(lane.rows, `schedule_id = ${id} and state = 'held'`, {
    holdEnd: `now() - interval '12 seconds'`,
    seatEnd: `now() - interval '2 seconds'`,
  });
  await lane.rows(`update queue_entry set entered_at = entered_at - interval '1 minute',
    admitted_at = admitted_at - interval '1 minute'`);
  const inTime = { acceptedAt: Date.now() - 60_000 };
  const changes = placed.map(({ buyer: { subject, entryId }, id: orderId }, index) =>
    index % 3 === 0
      ? orders.cancel(subject, orderId, inTime)
      : orders.pay({ subject, entryId }, orderId, inTime),
  );
  const holds = Array.from({ length: 240 }, (_, index) =>
    orders.placeIn(buyer(index), {
      areas: [
        { areaId: one, quantity: 1 },
        { areaId: other, quantity: 1 },
      ].slice(0, 1 + (index % 2)),
    }),
  );
  let isOver = false;
  const expiring = (async () => {
    while (!isOver) await expireHolds(lane.orm);
  })();
  const [changed, taken] = await Promise.all([
    inBatches(workers[0], changes.toReversed()),
    inBatches(workers[1], holds),
  ]);
  isOver = true;
  await expiring;
  expect(splits).toEqual([]);
  const codes = [...changed, ...taken].map((outcome) =>
    outcome.state === 'succeeded' ? outcome.state : outcome.problem.code,
  );
  const allowed = ['succeeded', 'HOLD_EXPIRED', 'AREA_HELD', 'AREA_SOLD_OUT'];
  expect(codes.filter((code) => !allowed.includes(code))).toEqual([]);
}, 120_000);
