/** While a batch waits for an area, other orders of it run out than those whose areas it has looked up. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { checks } from '../../../../scripts/audit/checks.ts';
import type { Order } from '../../../../src/commands/schemas/resources.ts';
import { runTogether } from '../../../../workers/batch/run-batch.ts';
import { batchMetrics } from '../../../support/batches/batch-metrics.ts';
import { endHolds } from '../../../support/end-holds.ts';
import { type Orders, orderState, ordersOf } from '../../../support/orders.ts';
import { type Buyer, openTestLane, type TestLane } from '../../../support/services/test-lane.ts';

let lane: TestLane;
let orders: Orders;
let floor: number;
let balcony: number;
let gallery: number;
let ada: Buyer;
let bea: Buyer;
let splits: string[];
beforeAll(async () => {
  lane = await openTestLane({ seatsPerUserMax: 100 });
  ada = await lane.buyer('ada');
  bea = await lane.buyer('bea');
});
beforeEach(async () => {
  const areas = ['Floor', 'Balcony', 'Gallery'].map((name) => ({ name, capacity: 4, price: 1 }));
  const schedule = await lane.schedule({ areas });
  [floor, balcony, gallery] = schedule.areaIds as [number, number, number];
  orders = ordersOf(lane, schedule.id);
  splits = [];
});
afterAll(async () => {
  for (const { promise, wrong } of checks) expect(await lane.rows(wrong), promise).toEqual([]);
  await lane.stop();
});

/** Ada places an order of this many places of each area. @returns its id */
async function placed(...areas: [areaId: number, quantity: number][]): Promise<number> {
  const wanted = { areas: areas.map(([areaId, quantity]) => ({ areaId, quantity })) };
  return (await lane.result<Order>(orders.placeIn(ada, wanted))).id;
}

const runOut = (orderId: number, minutes: number) =>
  endHolds(lane.rows, `id = ${orderId}`, {
    holdEnd: `now() - interval '${minutes + 1} minutes'`,
    seatEnd: `now() - interval '${minutes} minutes'`,
  });
/** As if the order had been placed by the transaction that the batch waits for. */
const holdAnew = (orderId: number) =>
  endHolds(lane.rows, `id = ${orderId}`, {
    holdEnd: `now() + interval '1 minute'`,
    seatEnd: `now() + interval '2 minutes'`,
  });

/** Bea orders a place of the floor in a batch of a worker, which notes its splits. */
async function orderPlace(): Promise<string[]> {
  const metrics = batchMetrics({
    split: (into: string) => void splits.push(into),
  });
  const deps = { ...lane.deps, metrics };
  const command = orders.placeIn(bea, { areas: [{ areaId: floor, quantity: 1 }] });
  const result = await runTogether(deps, [{ lane: lane.lane, commands: [command] }]);
  expect(result?.blocked).toEqual([]);
  return (result?.finished ?? []).map(({ outcome }) => outcome.state);
}

const lock = (areaId: number) => lane.lock(`select 1 from area where id = ${areaId} for update`);

test('an order of which another area is not locked is kept if another one suffices', async () => {
  const first = await placed([floor, 2]);
  const mixed = await placed([floor, 1], [balcony, 1]);
  const standing = await placed([floor, 1]);
  await runOut(first, 5);
  await runOut(mixed, 4);
  await runOut(standing, 3);
  const free = await lock(floor);
  const ordering = orderPlace();
  await lane.waitForLockWaiters(1);
  await holdAnew(first);
  await free();
  expect(await ordering).toEqual(['succeeded']);
  expect(splits).toEqual([]);
  expect(await orderState(lane, mixed)).toMatch(/^held/);
  expect(await orderState(lane, standing)).toMatch(/^expired/);
});

test('a batch that lacks an area twice is applied a third time, as a whole', async () => {
  const first = await placed([floor, 2]);
  const one = await placed([floor, 1], [balcony, 1]);
  const other = await placed([floor, 1], [gallery, 1]);
  await runOut(first, 5);
  const [free, freeBalcony] = [await lock(floor), await lock(balcony)];
  const ordering = orderPlace();
  await lane.waitForLockWaiters(1);
  await holdAnew(first);
  await runOut(one, 4);
  await free();
  // The second try has locked the floor and waits for the balcony.
  await expect
    .poll(() => lane.rows(`select from area where id = ${floor} for update skip locked`))
    .toEqual([]);
  await lane.waitForLockWaiters(1);
  await holdAnew(one);
  await runOut(other, 3);
  await freeBalcony();
  expect(await ordering).toEqual(['succeeded']);
  expect(splits).toEqual([]);
  expect(await orderState(lane, other)).toMatch(/^expired/);
});
