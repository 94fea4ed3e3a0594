/** Places of areas whose hold has run out: who gets them, and which orders end for it. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { checks } from '../../../../scripts/audit/checks.ts';
import { seededRandom } from '../../../../scripts/simulate/seeded-random.ts';
import type { Order } from '../../../../src/commands/schemas/resources.ts';
import { readAreas } from '../../../../src/db/reads/places/areas.ts';
import { AreaUse } from '../../../../workers/batch/area-use.ts';
import type { TakenCommand } from '../../../../workers/batch/batch.ts';
import { Remembered } from '../../../../workers/batch/remembered.ts';
import { runTogether } from '../../../../workers/batch/run-batch.ts';
import { expireHolds } from '../../../../workers/timers/expire-holds.ts';
import { endHolds } from '../../../support/end-holds.ts';
import { areaState, type Orders, orderState, ordersOf } from '../../../support/orders.ts';
import { type Buyer, openTestLane, type TestLane } from '../../../support/services/test-lane.ts';
import { waitFor } from '../../../support/wait-for.ts';

/** Before the ends of the holds that `expireHold` moves. */
const inTime = () => ({ acceptedAt: Date.now() - 15_000 });

let lane: TestLane;
let seatIds: number[];
let scheduleId: number;
let floor: number;
let balcony: number;
let orders: Orders;
let bea: Buyer;
let count = 0;
beforeAll(async () => {
  lane = await openTestLane({ seatsPerUserMax: 6 });
});
afterAll(async () => {
  for (const { promise, wrong } of checks) expect(await lane.rows(wrong), promise).toEqual([]);
  await lane.stop();
});
beforeEach(async () => {
  const areas = [
    { name: 'Floor', capacity: 4, price: 50 },
    { name: 'Balcony', capacity: 3, price: 20 },
  ];
  const schedule = await lane.schedule({ areas });
  ({ seatIds, id: scheduleId } = schedule);
  [floor, balcony] = schedule.areaIds as [number, number];
  orders = ordersOf(lane, scheduleId);
  bea = await lane.buyer('bea');
});

type Places = Parameters<Orders['placeIn']>[1];
const places = (areaId: number, quantity: number) => ({ areas: [{ areaId, quantity }] });
const seats = (...indexes: number[]) => ({ seatIds: indexes.map((at) => seatIds[at] as number) });

/** A user whose order ran out a second ago, or is in its grace period. */
async function late(
  wanted: Places,
  options: { isInGrace?: boolean } = {},
): Promise<{ buyer: Buyer; order: Order }> {
  count += 1;
  const buyer = await lane.buyer(`late ${count}`);
  await lane.points(buyer.subject, 1000);
  const order = await lane.result<Order>(orders.placeIn(buyer, wanted));
  await lane.rows(`update queue_entry set admitted_at = admitted_at - interval '1 minute',
    entered_at = entered_at - interval '1 minute' where id = ${buyer.entryId}`);
  await lane.expireHold({ orderId: order.id }, options);
  return { buyer, order };
}

/** Applies commands in one batch, which must not be split. */
async function run(...commands: TakenCommand[]): Promise<string[]> {
  const result = await runTogether(lane.deps, [{ lane: lane.lane, commands }]);
  expect(result?.blocked).toEqual([]);
  return (result?.finished ?? []).map(({ outcome }) =>
    outcome.state === 'succeeded' ? 'succeeded' : outcome.problem.code,
  );
}

test('an order takes them, and ends whole orders, the longest expired first, only as many as it needs', async () => {
  const first = await late({ ...seats(0), ...places(floor, 2) });
  await endHolds(lane.rows, `id = ${first.order.id}`, {
    holdEnd: `now() - interval '2 minutes'`,
    seatEnd: `now() - interval '1 minute'`,
  });
  const second = await late(places(floor, 2));
  expect(await run(orders.placeIn(bea, places(floor, 1)))).toEqual(['succeeded']);
  expect(await orderState(lane, first.order.id)).toBe(
    'expired: expired available, expired area, expired area',
  );
  expect(await orderState(lane, second.order.id)).toBe('held: held area, held area');
  expect(await areaState(lane, floor)).toBe('3 held, 0 sold of 4');
});

test('free places are taken first', async () => {
  const { order } = await late(places(floor, 2));
  expect(await run(orders.placeIn(bea, places(floor, 2)))).toEqual(['succeeded']);
  expect(await orderState(lane, order.id)).toBe('held: held area, held area');
});

test('those in their grace period are kept', async () => {
  await late(places(floor, 4), { isInGrace: true });
  expect(await run(orders.placeIn(bea, places(floor, 1)))).toEqual(['AREA_HELD']);
  const [area] = (await readAreas(lane.orm, scheduleId)) ?? [];
  expect(area).toMatchObject({ available: 0, held: 4 });
});

test('an order that is refused ends none', async () => {
  const { order } = await late(places(floor, 2));
  await lane.result(orders.placeIn(bea, places(floor, 2)));
  expect(await run(orders.placeIn(bea, places(floor, 3)))).toEqual(['AREA_HELD']);
  expect(await orderState(lane, order.id)).toBe('held: held area, held area');
});

test('several orders of a batch take them one after the other', async () => {
  await late(places(floor, 1));
  await late({ ...places(floor, 3), ...seats(1) });
  const buyers = await Promise.all([1, 2, 3].map((each) => lane.buyer(`each ${each}`)));
  const commands = buyers.map((buyer) => orders.placeIn(buyer, places(floor, 2)));
  expect(await run(...commands)).toEqual(['succeeded', 'succeeded', 'AREA_HELD']);
  expect(await areaState(lane, floor)).toBe('4 held, 0 sold of 4');
});

describe('a payment accepted in time', () => {
  test('wins if it stands before the new order, which takes the places of another', async () => {
    const { buyer, order } = await late(places(floor, 2));
    const other = await late(places(floor, 2));
    const pay = orders.pay(buyer, order.id, inTime());
    expect(await run(pay, orders.placeIn(bea, places(floor, 2)))).toEqual([
      'succeeded',
      'succeeded',
    ]);
    expect(await orderState(lane, order.id)).toBe('paid: paid area, paid area');
    expect(await orderState(lane, other.order.id)).toBe('expired: expired area, expired area');
  });

  test('comes too late after it', async () => {
    const { buyer, order } = await late(places(floor, 4));
    const pay = orders.pay(buyer, order.id, inTime());
    expect(await run(orders.placeIn(bea, places(floor, 1)), pay)).toEqual([
      'succeeded',
      'HOLD_EXPIRED',
    ]);
  });
});

test('a place cancelled in time and the rest of its order taken, in one batch', async () => {
  const { buyer, order } = await late(places(floor, 4));
  const input = { bookingId: order.bookings[0]?.id };
  const cancel = lane.command('cancel-booking', { subject: buyer.subject, input, ...inTime() });
  expect(await run(cancel, orders.placeIn(bea, places(floor, 2)))).toEqual([
    'succeeded',
    'succeeded',
  ]);
  expect(await areaState(lane, floor)).toBe('2 held, 0 sold of 4');
});

describe('a process that has met no area', () => {
  const meetNone = () => {
    lane.deps.remembered = new Remembered(new AreaUse(false));
  };
  beforeEach(meetNone);

  test('ends an order of a seat and places for its seat, in the whole batch', async () => {
    const { order } = await late({ ...seats(0), ...places(floor, 1) });
    meetNone();
    expect(await run(orders.placeIn(bea, seats(0)))).toEqual(['succeeded']);
    expect(await orderState(lane, order.id)).toBe('expired: expired held, expired area');
    expect(await areaState(lane, floor)).toBe('0 held, 0 sold of 4');
    expect(lane.deps.remembered.areaUse.isAnyKnown).toBe(true);
  });

  test('pays and cancels places', async () => {
    await lane.points('bea', 1000);
    const one = await lane.result<Order>(orders.placeIn(bea, places(floor, 1)));
    const other = await lane.result<Order>(orders.placeIn(bea, places(balcony, 1)));
    meetNone();
    expect(await run(orders.pay(bea, one.id))).toEqual(['succeeded']);
    meetNone();
    expect(await run(orders.cancel('bea', other.id))).toEqual(['succeeded']);
    expect(await areaState(lane, floor)).toBe('0 held, 1 sold of 4');
  });

  test('lets operators block a seat of such an order', async () => {
    const { order } = await late({ ...seats(3), ...places(floor, 1) });
    meetNone();
    const input = { ...seats(3), reason: 'Camera' };
    expect(await run(lane.command('block-seats', { subject: 'operator', input }))).toEqual([
      'succeeded',
    ]);
    expect(await orderState(lane, order.id)).toBe('expired: expired available, expired area');
  });
});

describe('the limit of a user', () => {
  test('ends own expired orders, the oldest first and only as many as it needs', async () => {
    const { buyer, order } = await late(places(floor, 2));
    const second = await lane.result<Order>(orders.placeIn(buyer, places(floor, 2)));
    await lane.expireHold({ orderId: second.id });
    for (const wanted of [seats(0, 1, 2), seats(3)]) {
      expect(await run(orders.placeIn(buyer, wanted))).toEqual(['succeeded']);
      expect(await orderState(lane, second.id)).toBe('held: held area, held area');
    }
    expect(await orderState(lane, order.id)).toBe('expired: expired area, expired area');
  });

  test('counts an own hold in its grace period', async () => {
    const { buyer, order } = await late(places(floor, 4), { isInGrace: true });
    const wanted = { ...seats(0), ...places(balcony, 2) };
    expect(await run(orders.placeIn(buyer, wanted))).toEqual(['SEAT_LIMIT_REACHED']);
    expect(await orderState(lane, order.id)).toMatch(/^held/);
  });
});

test('what is shown as available can be ordered, whatever has run out', async () => {
  const random = seededRandom(20_261_127);
  const upTo = (max: number) => Math.floor(random() * (max + 1));
  for (let round = 0; round < 25; round += 1) {
    const areas = ['Floor', 'Balcony'].map((name) => ({ name, capacity: 6, price: 1 }));
    const schedule = await lane.schedule({ areas });
    const { areaIds } = schedule;
    orders = ordersOf(lane, schedule.id);
    // Most orders of this many users have run out.
    for (let user = 0; user < 5; user += 1) {
      const wanted = areaIds.flatMap((areaId) => {
        const quantity = upTo(2);
        return quantity > 0 ? [{ areaId, quantity }] : [];
      });
      const seatOf = { seatIds: [schedule.seatIds[user] as number] };
      const buyer = await lane.buyer(`user ${user} of round ${round}`);
      const more = wanted.length > 0 ? { areas: wanted } : {};
      const [placed] = await lane.run(orders.placeIn(buyer, { ...seatOf, ...more }));
      if (placed?.outcome.state !== 'succeeded' || upTo(3) === 0) continue;
      await lane.expireHold({ orderId: (placed.outcome.result as Order).id });
    }
    const shown = (await readAreas(lane.orm, schedule.id)) ?? [];
    for (const [index, { id: areaId, available }] of shown.entries()) {
      const buyer = await lane.buyer(`taker ${index} of round ${round}`);
      const quantity = Math.min(available, lane.config.seatsPerUserMax);
      if (quantity === 0) continue;
      expect(await run(orders.placeIn(buyer, places(areaId, quantity)))).toEqual(['succeeded']);
    }
  }
}, 120_000);

describe('the timer', () => {
  test('ends orders of areas, and of seats and areas, as a whole', async () => {
    const mixed = await late({ ...seats(0, 1), ...places(floor, 2) });
    const standing = await late(places(balcony, 3));
    const kept = await late(places(floor, 1), { isInGrace: true });
    await expireHolds(lane.orm);
    expect(await orderState(lane, mixed.order.id)).toBe(
      'expired: expired available, expired available, expired area, expired area',
    );
    expect(await orderState(lane, standing.order.id)).toMatch(/^expired/);
    expect(await orderState(lane, kept.order.id)).toBe('held: held area');
    expect(await areaState(lane, floor)).toBe('1 held, 0 sold of 4');
    expect(await areaState(lane, balcony)).toBe('0 held, 0 sold of 3');
  });

  test('leaves orders of a locked area, or of a locked seat, for the next run, and ends the others', async () => {
    const mixed = await late({ ...seats(0), ...places(floor, 1) });
    const standing = await late(places(floor, 1));
    const other = await late(places(balcony, 1));
    const freeArea = await lane.lock(`select 1 from area where id = ${floor} for update`);
    await expireHolds(lane.orm);
    await freeArea();
    expect(await orderState(lane, other.order.id)).toBe('expired: expired area');
    expect(await areaState(lane, floor)).toBe('2 held, 0 sold of 4');
    const freeSeat = await lane.lock(`select 1 from seat where id = ${seatIds[0]} for update`);
    await expireHolds(lane.orm);
    await freeSeat();
    expect(await orderState(lane, standing.order.id)).toBe('expired: expired area');
    expect(await orderState(lane, mixed.order.id)).toBe('held: held held, held area');
    expect(await expireHolds(lane.orm)).toBeGreaterThanOrEqual(2);
    expect(await orderState(lane, mixed.order.id)).toBe('expired: expired available, expired area');
  });

  test('waits for an area that is locked whenever it looks', async () => {
    const { order } = await late(places(floor, 2));
    const free = await lane.lock(`update area set sold = sold where id = ${floor}`);
    const ending = expireHolds(lane.orm);
    await lane.waitForLockWaiters(1);
    await free();
    await ending;
    expect(await orderState(lane, order.id)).toBe('expired: expired area, expired area');
  });

  test('ends more orders than one page, with those of an area that stays locked among them', async () => {
    const capacity = 400;
    const areas = ['Left', 'Right'].map((name) => ({ name, capacity, price: 1 }));
    const large = await lane.schedule({ areas });
    const [left, right] = large.areaIds as [number, number];
    const own = ordersOf(lane, large.id);
    const settings = { ...lane.deps.settings, seatsPerUserMax: 1000 };
    for (const areaId of [left, right]) {
      const commands = Array.from({ length: 300 }, () => own.placeIn(bea, places(areaId, 1)));
      const deps = { ...lane.deps, settings };
      await runTogether(deps, [{ lane: lane.lane, commands }]);
    }
    await lane.rows(`with moved as (
        update app_order set hold_expires_at = now() - interval '1 minute'
        where schedule_id = ${large.id} returning id
      ) update booking set hold_expires_at = now() - interval '1 minute',
          area_held_until = now() - interval '30 seconds' from moved where order_id = moved.id`);
    const free = await lane.lock(`select 1 from area where id = ${left} for update`);
    const endAllOf = (areaId: number) =>
      waitFor('the timer has ended all', async () => {
        await expireHolds(lane.orm);
        return (await areaState(lane, areaId)) === '0 held, 0 sold of 400';
      });
    await endAllOf(right);
    expect(await areaState(lane, left)).toBe('300 held, 0 sold of 400');
    await free();
    await endAllOf(left);
  });
});
