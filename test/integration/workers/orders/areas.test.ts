/** Orders of places of areas: held, paid, cancelled, and refused. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { checks } from '../../../../scripts/audit/checks.ts';
import type { Order } from '../../../../src/commands/schemas/resources.ts';
import {
  expectNothingBehind,
  expectOneEffect,
  expectRefusal,
} from '../../../support/handler-promises.ts';
import { areaState, type Orders, orderState, ordersOf } from '../../../support/orders.ts';
import { type Buyer, openTestLane, type TestLane } from '../../../support/services/test-lane.ts';

let lane: TestLane;
let seatIds: number[];
let scheduleId: number;
let floor: number;
let balcony: number;
let orders: Orders;
let ada: Buyer;
let count = 0;
beforeAll(async () => {
  lane = await openTestLane({ seatsPerUserMax: 8 });
});
afterAll(async () => {
  for (const { promise, wrong } of checks) expect(await lane.rows(wrong), promise).toEqual([]);
  await lane.stop();
});
beforeEach(async () => {
  const areas = [
    { name: 'Floor', capacity: 10, price: 50 },
    { name: 'Balcony', capacity: 3, price: 20 },
  ];
  const schedule = await lane.schedule({ areas });
  ({ seatIds, id: scheduleId } = schedule);
  [floor, balcony] = schedule.areaIds as [number, number];
  orders = ordersOf(lane, scheduleId);
  count += 1;
  ada = await lane.buyer(`ada ${count}`);
});

const placesOf = (areaId: number, quantity: number) => ({ areas: [{ areaId, quantity }] });
const order = (buyer: Buyer, wanted: Parameters<Orders['placeIn']>[1]) =>
  lane.result<Order>(orders.placeIn(buyer, wanted));

/** Another user who holds so many places. */
async function heldByOthers(areaId: number, quantity: number): Promise<Buyer & { id: number }> {
  count += 1;
  const buyer = await lane.buyer(`other ${count}`);
  const { id } = await order(buyer, placesOf(areaId, quantity));
  return { ...buyer, id };
}

/** How many places of an order are kept until some time. A paid one is kept for good; one that was cancelled keeps its time. */
async function endsOf(orderId: number) {
  const [row] = await lane.rows(
    `select count(area_held_until)::int as kept from booking where order_id = ${orderId}`,
  );
  return row;
}

test('a schedule counts its seats and the capacities of its areas', async () => {
  const [row] = await lane.rows(`select seat_count from schedule where id = ${scheduleId}`);
  expect(row).toEqual({ seat_count: 53 });
});

test('places are held, one booking each, with the name of the area', async () => {
  const held = await order(ada, placesOf(floor, 3));
  expect(held).toMatchObject({ state: 'held', total: 150, scheduleId });
  const place = { areaId: floor, areaName: 'Floor', seatId: null, seatNumber: null };
  expect(held.bookings).toMatchObject(
    [1, 2, 3].map(() => ({ ...place, section: null, row: null, price: 50, state: 'held' })),
  );
  expect(await areaState(lane, floor)).toBe('3 held, 0 sold of 10');
  const [end] = await lane.rows<{ grace: number }>(
    `select distinct extract(epoch from area_held_until - hold_expires_at)::int as grace
     from booking where order_id = ${held.id}`,
  );
  expect(end).toEqual({ grace: lane.config.holdGraceMs / 1000 });
});

test('seats and places of two areas are one order, which is paid and refunded as a whole', async () => {
  await lane.points(ada.subject, 1000);
  const areas = [
    { areaId: balcony, quantity: 1 },
    { areaId: floor, quantity: 2 },
  ];
  const { id, total } = await order(ada, { seatIds: seatIds.slice(0, 2), areas });
  expect(total).toBe(2 * 100 + 20 + 2 * 50);
  const { balance } = await lane.result<{ balance: number }>(orders.pay(ada, id));
  expect(balance).toBe(1000 - total);
  expect(await orderState(lane, id)).toBe(
    'paid: paid sold, paid sold, paid area, paid area, paid area',
  );
  expect(await areaState(lane, floor)).toBe('0 held, 2 sold of 10');
  expect(await areaState(lane, balcony)).toBe('0 held, 1 sold of 3');
  expect(await endsOf(id)).toEqual({ kept: 0 });
  await lane.result(orders.cancel(ada.subject, id));
  expect(await areaState(lane, floor)).toBe('0 held, 0 sold of 10');
  expect(await areaState(lane, balcony)).toBe('0 held, 0 sold of 3');
});

test('one place is taken out of a held order, and one of a paid order is refunded', async () => {
  await lane.points(ada.subject, 1000);
  const { id, bookings } = await order(ada, placesOf(floor, 3));
  const cancelOne = (index: number) => {
    const input = { bookingId: bookings[index]?.id };
    return lane.result(lane.command('cancel-booking', { subject: ada.subject, input }));
  };
  expect(await cancelOne(0)).toMatchObject({ areaId: floor, state: 'cancelled' });
  expect(await areaState(lane, floor)).toBe('2 held, 0 sold of 10');
  expect(await endsOf(id)).toEqual({ kept: 3 });
  await lane.result(orders.pay(ada, id));
  expect(await endsOf(id)).toEqual({ kept: 1 });
  expect(await cancelOne(1)).toMatchObject({ areaId: floor, state: 'refunded' });
  expect(await areaState(lane, floor)).toBe('0 held, 1 sold of 10');
});

test('an order of one place is paid as a booking', async () => {
  await lane.points(ada.subject, 1000);
  const { bookings } = await order(ada, placesOf(floor, 1));
  const input = { bookingId: bookings[0]?.id };
  const payment = await lane.result(lane.command('pay-booking', { ...ada, input }));
  expect(payment).toMatchObject({ areaId: floor, seatId: null, price: 50 });
});

test('many orders of one batch share the row, in their order', async () => {
  const buyers = await Promise.all([1, 2, 3, 4].map((each) => lane.buyer(`many ${each}`)));
  const finished = await lane.run(
    ...buyers.map((buyer) => orders.placeIn(buyer, placesOf(balcony, 1))),
  );
  expect(finished.map(({ outcome }) => outcome.state)).toEqual([
    ...['succeeded', 'succeeded', 'succeeded'],
    'rejected',
  ]);
  expect(await areaState(lane, balcony)).toBe('3 held, 0 sold of 3');
});

describe('an order is refused', () => {
  test('without an area, or with one of another schedule', async () => {
    const { areaIds } = await lane.schedule({ areas: [{ name: 'X', capacity: 5, price: 1 }] });
    for (const areaId of [999_999, areaIds[0] as number]) {
      const refusal = { code: 'AREA_NOT_FOUND', areaId };
      await expectRefusal(lane, orders.placeIn(ada, placesOf(areaId, 1)), refusal);
    }
  });

  test('if the places are sold, or held by others', async () => {
    const other = await heldByOthers(balcony, 2);
    const two = () => orders.placeIn(ada, placesOf(balcony, 2));
    await expectRefusal(lane, two(), { code: 'AREA_HELD', areaId: balcony });
    await lane.points(other.subject, 40);
    await lane.result(orders.pay(other, other.id));
    await expectRefusal(lane, two(), { code: 'AREA_SOLD_OUT', areaId: balcony });
    expect(await order(ada, placesOf(balcony, 1))).toMatchObject({ state: 'held' });
  });

  test('beyond the limit over seats and areas', async () => {
    await order(ada, { seatIds: seatIds.slice(0, 5), ...placesOf(floor, 2) });
    const refusal = { code: 'SEAT_LIMIT_REACHED', areaId: floor };
    await expectRefusal(lane, orders.placeIn(ada, placesOf(floor, 2)), refusal);
    const mixed = { seatIds: seatIds.slice(5, 6), ...placesOf(floor, 1) };
    await expectRefusal(lane, orders.placeIn(ada, mixed), refusal);
    expect(await order(ada, placesOf(floor, 1))).toMatchObject({ state: 'held' });
  });

  test('as a whole: a seat that is taken keeps no place', async () => {
    await heldByOthers(balcony, 3);
    const wanted = { seatIds: seatIds.slice(0, 1), ...placesOf(balcony, 1) };
    await expectRefusal(lane, orders.placeIn(ada, wanted), { code: 'AREA_HELD' });
    expect(await order(ada, { seatIds: seatIds.slice(0, 1) })).toMatchObject({ state: 'held' });
    const reversed = { seatIds: seatIds.slice(0, 1), ...placesOf(floor, 1) };
    await expectRefusal(lane, orders.placeIn(ada, reversed), { code: 'SEAT_ALREADY_HELD' });
    expect(await areaState(lane, floor)).toBe('0 held, 0 sold of 10');
  });
});

describe('of several refusals, the one that stands first in docs/outcomes.md is given', () => {
  const nowhere = placesOf(999_999, 1);
  const taken = async () => {
    const other = await lane.buyer('other');
    await lane.result(orders.placeIn(other, { seatIds: seatIds.slice(7, 8) }));
    return { seatIds: seatIds.slice(7, 8) };
  };

  test('a missing area before a seat that is held', async () => {
    const command = orders.placeIn(ada, { ...(await taken()), ...nowhere });
    await expectRefusal(lane, command, { code: 'AREA_NOT_FOUND', areaId: 999_999 });
  });

  test('a missing seat or area before the lack of adjacent seats', async () => {
    const bestAvailable = { quantity: 2, section: 'None' };
    const noSeat = orders.placeIn(ada, { seatIds: [999_999], bestAvailable });
    await expectRefusal(lane, noSeat, { code: 'SEAT_NOT_FOUND', seatId: 999_999 });
    await expectRefusal(lane, orders.placeIn(ada, { ...nowhere, bestAvailable }), {
      code: 'AREA_NOT_FOUND',
    });
  });

  test('the lack of adjacent seats before the limit of places', async () => {
    const bestAvailable = { quantity: 2, section: 'None' };
    const many = { seatIds: seatIds.slice(20, 25), ...placesOf(floor, 4) };
    await expectRefusal(lane, orders.placeIn(ada, many), { code: 'SEAT_LIMIT_REACHED' });
    await expectRefusal(lane, orders.placeIn(ada, { ...many, bestAvailable }), {
      code: 'NO_ADJACENT_SEATS',
    });
  });

  test('a missing area before the limit of seats', async () => {
    const many = { seatIds: seatIds.slice(20, 29), ...nowhere };
    await expectRefusal(lane, orders.placeIn(ada, many), { code: 'AREA_NOT_FOUND' });
  });
});

describe('the best seats beside others', () => {
  const best = (wanted: Parameters<Orders['placeIn']>[1]) =>
    orders.placeIn(ada, { ...wanted, bestAvailable: { quantity: 2 } });

  test('are not those that the order names, and come with places of an area', async () => {
    const first = await lane.result<Order>(best({}));
    const two = first.bookings.map(({ seatId }) => seatId as number);
    await lane.result(orders.cancel(ada.subject, first.id));
    const { bookings } = await lane.result<Order>(best({ seatIds: two, ...placesOf(floor, 1) }));
    const ids = bookings.map(({ seatId }) => seatId);
    expect(new Set(ids).size).toBe(5);
    expect(ids.slice(0, 2)).toEqual(two);
  });

  test('are refused if only the named seats are left', async () => {
    const hall = [{ section: null, row: null, from: 1, to: 2, price: 100 }];
    const small = await lane.schedule({ seats: hall });
    const input = {
      scheduleId: small.id,
      seatIds: small.seatIds,
      bestAvailable: { quantity: 2 },
    };
    const command = lane.command('place-order', { ...ada, input });
    await expectRefusal(lane, command, { code: 'NO_ADJACENT_SEATS' });
  });

  test('two equal requests, one of which names a spare of the other', async () => {
    const hall = [{ section: null, row: null, from: 1, to: 6, price: 100 }];
    const small = await lane.schedule({ seats: hall });
    const bea = await lane.buyer('bea');
    const place = (buyer: Buyer, more: object) => {
      const input = { scheduleId: small.id, bestAvailable: { quantity: 2 }, ...more };
      return lane.command('place-order', { ...buyer, input });
    };
    const named = small.seatIds.slice(0, 2);
    const finished = await lane.run(place(bea, {}), place(ada, { seatIds: named }));
    expect(finished.map(({ outcome }) => outcome.state)).toEqual(['succeeded', 'succeeded']);
  });
});

test('runs twice with one effect', async () => {
  await expectOneEffect(lane, orders.placeIn(ada, placesOf(floor, 2)));
});

test.each(['update on area', 'insert on booking'])(
  'leaves nothing behind when the %s fails',
  async (write) => {
    await expectNothingBehind(lane, orders.placeIn(ada, placesOf(floor, 2)), write);
  },
);
