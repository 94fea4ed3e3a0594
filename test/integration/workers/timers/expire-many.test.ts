/** Ending more expired holds than one page of the timer has. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Order } from '../../../../src/commands/schemas/resources.ts';
import { runTogether } from '../../../../workers/batch/run-batch.ts';
import { expireHolds } from '../../../../workers/timers/expire-holds.ts';
import { endHolds } from '../../../support/end-holds.ts';
import { areaState, ordersOf } from '../../../support/orders.ts';
import { type Buyer, openTestLane, type TestLane } from '../../../support/services/test-lane.ts';

const ORDERS = 600;
/** A run reads one page. */
const ONE_PAGE = { runMsMax: 0 };

let lane: TestLane;
let bea: Buyer;
let areaId: number;
let orderIds: number[];
beforeAll(async () => {
  lane = await openTestLane({ seatsPerUserMax: 10_000 });
  bea = await lane.buyer('bea');
});
beforeEach(async () => {
  const schedule = await lane.schedule({ areas: [{ name: 'Floor', capacity: ORDERS, price: 1 }] });
  areaId = schedule.areaIds[0] as number;
  const wanted = { areas: [{ areaId, quantity: 1 }] };
  const orders = ordersOf(lane, schedule.id);
  const commands = Array.from({ length: ORDERS }, () => orders.placeIn(bea, wanted));
  const result = await runTogether(lane.deps, [{ lane: lane.lane, commands }]);
  orderIds = (result?.finished ?? []).map(({ outcome }) =>
    outcome.state === 'succeeded' ? (outcome.result as Order).id : 0,
  );
});
afterAll(() => lane.stop());

/** The holds of these orders ended so many seconds ago; their grace period is ten seconds. */
const endedBefore = (seconds: number, ids: readonly number[]) =>
  endHolds(lane.rows, `id = any ('{${ids}}')`, {
    holdEnd: `now() - interval '${seconds} s'`,
    seatEnd: `now() - interval '${seconds} s' + interval '10 s'`,
  });

test('a run reads no further page once it has reached the orders in their grace period', async () => {
  const late = orderIds.slice(0, 10);
  await endedBefore(60, late);
  // So many seconds that the test ends before their grace period does.
  await endHolds(lane.rows, `id = any ('{${orderIds.slice(10)}}')`, {
    holdEnd: `now() - interval '1 s'`,
    seatEnd: `now() + interval '1 hour'`,
  });
  expect(await expireHolds(lane.orm, ONE_PAGE)).toBe(10);
  // A run that its time had ended would be continued behind this one.
  await endedBefore(60, orderIds.slice(10, 11));
  expect(await expireHolds(lane.orm, ONE_PAGE)).toBe(1);
  await endedBefore(60, orderIds.slice(11));
  while ((await expireHolds(lane.orm)) > 0);
});

test('every other run begins with the longest expired orders, which may have been locked before', async () => {
  await endedBefore(60, orderIds);
  const free = await lane.lock(`select 1 from area where id = ${areaId} for update`);
  expect(await expireHolds(lane.orm, ONE_PAGE)).toBe(0);
  await free();
  const left = [];
  for (let run = 0; run < 4; run += 1) {
    await expireHolds(lane.orm, ONE_PAGE);
    const [row] = await lane.rows<{ first: string; held: number }>(
      `select min(id) as first, count(*)::int as held from app_order
       where state = 'held' and id = any ('{${orderIds}}')`,
    );
    left.push([Number(row?.first ?? 0), row?.held]);
  }
  const [first] = orderIds;
  // The second page, which the first run had not reached; then the first one; then what is left.
  expect(left).toEqual([
    [first, 350],
    [orderIds[500], 100],
    [0, 0],
    [0, 0],
  ]);
  expect(await areaState(lane, areaId)).toBe(`0 held, 0 sold of ${ORDERS}`);
});
