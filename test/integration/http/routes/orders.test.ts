/** Placing, paying, cancelling and reading orders over HTTP, with each possible refusal. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Booking, Order, Seat } from '../../../../src/commands/schemas/resources.ts';
import { effects } from '../../../support/effects.ts';
import { endHolds } from '../../../support/end-holds.ts';
import { type AdmittedUser, type Answer, inHours } from '../../../support/http/client.ts';
import { expectProblem } from '../../../support/http/problems.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';
import { waitFor } from '../../../support/wait-for.ts';

const PRICE = 100;
/** Reads show them, results of commands do not. */
const VENUE = { timeZone: 'UTC', venue: null };
const UNKNOWN = 999_999;
const PAST = `now() - interval '1 s'`;

let seatlane: TestSeatlane;
let seats: Seat[];
let scheduleId: number;
let startAt: string;
beforeAll(async () => {
  seatlane = await startSeatlane();
  const hall = [{ section: 'Stalls', row: 'A', from: 1, to: 99, price: PRICE }];
  ({ seats, startAt, id: scheduleId } = await seatlane.client.schedule({ seats: hall }));
});
afterAll(() => seatlane.stop());

/** Seats that no other test uses. */
const someSeats = (count: number) => seats.splice(0, count).map(({ id }) => id);

const send = (method: string, path: string, user: AdmittedUser, body?: object) =>
  seatlane.client.command(method, path, { ...user, body });
const place = (user: AdmittedUser, places: object) =>
  send('POST', '/orders', user, { scheduleId, ...places });
const pay = (user: AdmittedUser, orderId: number) => send('POST', `/orders/${orderId}/pay`, user);
const cancel = (user: AdmittedUser, orderId: number) => send('DELETE', `/orders/${orderId}`, user);
const read = (user: AdmittedUser, orderId: number) =>
  seatlane.client.request('GET', `/orders/${orderId}`, { token: user.token });

async function anOrder(subject: string, { places = 2, points = 0 } = {}) {
  const user = await seatlane.client.admitted(subject);
  if (points > 0) await send('POST', '/points/charge', user, { amount: points });
  const { body } = await place(user, { seatIds: someSeats(places) });
  return { user, order: body.result as Order };
}

/**
 * Ends an order's hold and its grace period.
 * @returns waits until the timer has ended the order, so that it changes nothing during a later test
 */
async function expire(orderId: number): Promise<() => Promise<void>> {
  await endHolds(seatlane.rows, `id = ${orderId}`, { holdEnd: PAST, seatEnd: PAST });
  return () =>
    waitFor('the timer to end the order', async () => {
      const text = `select from app_order where id = ${orderId} and state = 'expired'`;
      return (await seatlane.rows(text)).length > 0;
    }).then(() => undefined);
}

async function refused(request: () => Promise<Answer>, status: number, code: string) {
  const before = await effects(seatlane.rows);
  const answer = await request();
  expectProblem(answer, status, code);
  expect(answer.body.jobId).toEqual(expect.any(String));
  expect(await effects(seatlane.rows)).toEqual(before);
  return answer;
}

describe('an order', () => {
  test('has the shape of the contract when it is placed, read and listed', async () => {
    const user = await seatlane.client.admitted('ada');
    const seatIds = someSeats(2);
    const { status, body } = await place(user, { seatIds });
    expect(status).toBe(200);
    const id = expect.any(Number);
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/);
    const { id: orderId, holdExpiresAt, createdAt } = body.result;
    const expected: Order = {
      id: orderId,
      state: 'held',
      concertId: id,
      scheduleId,
      queueId: 1,
      total: 2 * PRICE,
      holdExpiresAt: time,
      createdAt: time,
      paidAt: null,
      bookings: seatIds.map((seatId, place): Booking => {
        return {
          id,
          orderId,
          concertId: id,
          concertTitle: 'The Winter Gala',
          scheduleId,
          startAt,
          seatId,
          areaId: null,
          areaName: null,
          section: 'Stalls',
          row: 'A',
          seatNumber: place + 1,
          price: PRICE,
          state: 'held',
          holdExpiresAt,
          createdAt,
        };
      }),
    };
    expect(body.result).toEqual(expected);
    expect((await read(user, orderId)).body).toEqual({ ...body.result, ...VENUE });
    const { token } = user;
    const list = await seatlane.client.request('GET', '/orders', { token });
    const items = [{ ...body.result, ...VENUE }];
    expect(list.body).toEqual({ items, nextCursor: null });
    const bookings = await seatlane.client.request('GET', '/concerts/bookings', { token });
    expect(bookings.body.items.toReversed()).toEqual(body.result.bookings);
  });

  test('holds the best adjacent seats', async () => {
    const user = await seatlane.client.admitted('bea');
    const { body } = await place(user, { bestAvailable: { quantity: 3, maxPrice: PRICE } });
    const numbers = body.result.bookings.map(({ seatNumber }: Booking) => seatNumber);
    expect(numbers[2] - numbers[0]).toBe(2);
    const taken = new Set(body.result.bookings.map(({ seatId }: Booking) => seatId));
    seats = seats.filter(({ id }) => !taken.has(id));
  });

  test('is not found by other users, and not listed to them', async () => {
    const { order } = await anOrder('cleo');
    const other = await seatlane.client.admitted('dora');
    expectProblem(await read(other, order.id), 404, 'ORDER_NOT_FOUND');
    expectProblem(await read(other, UNKNOWN), 404, 'ORDER_NOT_FOUND');
    const list = await seatlane.client.request('GET', '/orders', { token: other.token });
    expect(list.body).toEqual({ items: [], nextCursor: null });
  });

  test('is made of the seats that are booked without an order', async () => {
    const user = await seatlane.client.admitted('eva');
    const [one, ...several] = someSeats(3);
    const single: Booking = (await send('POST', `/concerts/seats/${one}/book`, user)).body.result;
    const body = { seatIds: several };
    const together = (await send('POST', '/concerts/bookings', user, body)).body.result.bookings;
    expect((await read(user, single.orderId)).body.bookings).toEqual([single]);
    expect(together[0].orderId).toBe(together[1].orderId);
    const order = (await read(user, together[0].orderId)).body;
    expect(order).toMatchObject({ state: 'held', total: 2 * PRICE, bookings: together });
  });

  test('and its bookings are shown as expired once the grace period is over', async () => {
    const { user, order } = await anOrder('fay');
    const untilEnded = await expire(order.id);
    const { body } = await read(user, order.id);
    expect(body).toMatchObject({
      state: 'expired',
      bookings: [{ state: 'expired' }, { state: 'expired' }],
    });
    const list = await seatlane.client.request('GET', '/orders?state=expired', user);
    expect(list.body.items).toEqual([body]);
    const held = await seatlane.client.request('GET', '/orders?state=held', user);
    expect(held.body.items).toEqual([]);
    await untilEnded();
    expect((await read(user, order.id)).body).toEqual(body);
  });
});

describe('a new order', () => {
  test('of an unknown seat or schedule is refused', async () => {
    const user = await seatlane.client.admitted('gina');
    const [seatId] = someSeats(1);
    const unknown = await refused(
      () => place(user, { seatIds: [seatId, UNKNOWN] }),
      404,
      'SEAT_NOT_FOUND',
    );
    expect(unknown.body.seatId).toBe(UNKNOWN);
    const elsewhere = { scheduleId: UNKNOWN, bestAvailable: { quantity: 1 } };
    await refused(() => place(user, elsewhere), 404, 'SCHEDULE_NOT_FOUND');
    const named = { scheduleId: UNKNOWN, seatIds: [seatId] };
    await refused(() => place(user, named), 404, 'SCHEDULE_NOT_FOUND');
  });

  test('is refused whole if one of its seats is held or sold', async () => {
    const { user, order } = await anOrder('hana', { points: 2 * PRICE });
    const other = await seatlane.client.admitted('ida');
    const taken = order.bookings[1]?.seatId as number;
    const seatIds = [...someSeats(1), taken];
    const held = await refused(() => place(other, { seatIds }), 409, 'SEAT_ALREADY_HELD');
    expect(held.body.seatId).toBe(taken);
    await pay(user, order.id);
    await refused(() => place(other, { seatIds }), 409, 'SEAT_ALREADY_SOLD');
  });

  test('is refused outside the booking window', async () => {
    const user = await seatlane.client.admitted('jana');
    const soon = await seatlane.client.schedule({ bookingStartAt: inHours(1) });
    const over = await seatlane.client.schedule({
      bookingStartAt: inHours(-2),
      bookingEndAt: inHours(-1),
    });
    for (const [{ id, seats: all }, code] of [
      [soon, 'BOOKING_NOT_STARTED'],
      [over, 'BOOKING_CLOSED'],
    ] as const) {
      const places = { scheduleId: id, seatIds: [all[0]?.id] };
      await refused(() => place(user, places), 409, code);
    }
  });

  test('is refused if there are not enough adjacent seats, or too many seats for one user', async () => {
    const few = await seatlane.client.schedule({ seats: [{ from: 1, to: 2, price: PRICE }] });
    const user = await seatlane.client.admitted('kim');
    const best = { scheduleId: few.id, bestAvailable: { quantity: 3 } };
    await refused(() => place(user, best), 409, 'NO_ADJACENT_SEATS');
    expect((await place(user, { seatIds: someSeats(10) })).status).toBe(200);
    await refused(() => place(user, { seatIds: someSeats(1) }), 409, 'SEAT_LIMIT_REACHED');
  });

  test.each([
    ['nothing', {}],
    ['no seats', { seatIds: [] }],
    ['the same seat twice', { seatIds: [1, 1] }],
    ['eleven seats', { seatIds: Array.from({ length: 11 }, (_, index) => index + 1) }],
    ['eleven adjacent seats', { bestAvailable: { quantity: 11 } }],
    ['an unknown field', { seatIds: [1], seat: 2 }],
  ])('of %s is invalid', async (_what, places) => {
    const user = await seatlane.client.admitted('lena');
    expectProblem(await place(user, places), 400, 'VALIDATION_FAILED');
  });
});

describe('a payment', () => {
  test('pays all bookings at once and returns the order with the balance', async () => {
    const { user, order } = await anOrder('mia', { places: 3, points: 350 });
    const { status, body } = await pay(user, order.id);
    expect(status).toBe(200);
    const paid = { state: 'paid', total: 300, paidAt: expect.stringMatching(/Z$/) };
    const bookings = order.bookings.map((each) => ({ ...each, state: 'paid' }));
    expect(body.result).toEqual({ order: { ...order, ...paid, bookings }, balance: 50 });
    const shown = { ...body.result.order, ...VENUE };
    expect((await read(user, order.id)).body).toEqual(shown);
    const list = await seatlane.client.request('GET', '/orders?state=paid', user);
    expect(list.body.items).toEqual([shown]);
  });

  test('of an unknown or another user’s order is refused', async () => {
    const { order } = await anOrder('nora');
    const thief = await seatlane.client.admitted('a thief');
    await refused(() => pay(thief, UNKNOWN), 404, 'ORDER_NOT_FOUND');
    await refused(() => pay(thief, order.id), 403, 'NOT_ORDER_OWNER');
  });

  test('without enough points names the missing points, and succeeds after a charge', async () => {
    const { user, order } = await anOrder('olga', { places: 4, points: 3 * PRICE });
    const answer = await refused(() => pay(user, order.id), 409, 'INSUFFICIENT_POINTS');
    expect(answer.body.missing).toBe(PRICE);
    await send('POST', '/points/charge', user, { amount: PRICE });
    expect((await pay(user, order.id)).body.result).toMatchObject({ balance: 0 });
  });

  test('of a paid order is refused', async () => {
    const { user, order } = await anOrder('pia', { points: 500 });
    await pay(user, order.id);
    const again = await seatlane.client.admitted('pia');
    await refused(() => pay(again, order.id), 409, 'PAYMENT_ALREADY_PROCESSED');
  });

  test('of a cancelled order is refused', async () => {
    const { user, order } = await anOrder('rosa', { points: 500 });
    await cancel(user, order.id);
    await refused(() => pay(user, order.id), 409, 'ORDER_CANCELLED');
  });

  test('of an expired hold is refused, during its grace period and after it', async () => {
    const { user, order } = await anOrder('sara', { points: 500 });
    await endHolds(seatlane.rows, `id = ${order.id}`, { holdEnd: PAST });
    await refused(() => pay(user, order.id), 409, 'HOLD_EXPIRED');
    const untilEnded = await expire(order.id);
    expectProblem(await pay(user, order.id), 409, 'HOLD_EXPIRED');
    await untilEnded();
  });

  test('of one booking is refused if its order has others, and names the order', async () => {
    const { user, order } = await anOrder('tina', { points: 500 });
    const [first, second] = order.bookings as [Booking, Booking];
    const payFirst = () => send('POST', `/concerts/bookings/${first.id}/pay`, user);
    const answer = await refused(payFirst, 409, 'BOOKING_IN_ORDER');
    expect(answer.body.orderId).toBe(order.id);
    expect((await send('DELETE', `/concerts/bookings/${second.id}`, user)).status).toBe(200);
    const paid = await payFirst();
    expect(paid.body.result).toMatchObject({ bookingId: first.id, price: PRICE, balance: 400 });
  });
});

describe('a cancellation', () => {
  test('of a hold gives all places back', async () => {
    const { user, order } = await anOrder('uma');
    const { body } = await cancel(user, order.id);
    const bookings = order.bookings.map((each) => ({ ...each, state: 'cancelled' }));
    expect(body.result).toEqual({ ...order, state: 'cancelled', bookings });
    expect((await read(user, order.id)).body).toEqual({ ...body.result, ...VENUE });
    const seatIds = order.bookings.map(({ seatId }) => seatId);
    const next = await seatlane.client.admitted('vera');
    expect((await place(next, { seatIds })).status).toBe(200);
  });

  test('of one booking takes it out of a held order', async () => {
    const { user, order } = await anOrder('wanda', { places: 3 });
    const [first] = order.bookings as [Booking];
    expect((await send('DELETE', `/concerts/bookings/${first.id}`, user)).status).toBe(200);
    const { body } = await read(user, order.id);
    const states = body.bookings.map(({ state }: Booking) => state);
    expect([body.state, body.total, states]).toEqual([
      'held',
      2 * PRICE,
      ['cancelled', 'held', 'held'],
    ]);
  });

  test('of a paid order refunds it whole, after a booking of it was refunded alone', async () => {
    const { user, order } = await anOrder('xenia', { places: 3, points: 3 * PRICE });
    await pay(user, order.id);
    const [first] = order.bookings as [Booking];
    await send('DELETE', `/concerts/bookings/${first.id}`, user);
    const partly = (await read(user, order.id)).body;
    const partlyStates = partly.bookings.map(({ state }: Booking) => state);
    expect([partly.state, partlyStates]).toEqual(['partly-refunded', ['refunded', 'paid', 'paid']]);
    const list = await seatlane.client.request('GET', '/orders?state=partly-refunded', user);
    expect(list.body.items).toEqual([partly]);
    const { body } = await cancel(user, order.id);
    expect(body.result).toMatchObject({ state: 'refunded', total: 3 * PRICE });
    const points = await seatlane.client.request('GET', '/points', user);
    expect(points.body).toEqual({ balance: 3 * PRICE });
    await refused(() => cancel(user, order.id), 409, 'ORDER_CANCELLED');
  });

  test('of an unknown or another user’s order is refused', async () => {
    const { order } = await anOrder('yara');
    const thief = await seatlane.client.admitted('another thief');
    await refused(() => cancel(thief, UNKNOWN), 404, 'ORDER_NOT_FOUND');
    await refused(() => cancel(thief, order.id), 403, 'NOT_ORDER_OWNER');
  });

  test('of an expired hold is refused', async () => {
    const { user, order } = await anOrder('zoe');
    await endHolds(seatlane.rows, `id = ${order.id}`, { holdEnd: PAST });
    await refused(() => cancel(user, order.id), 409, 'HOLD_EXPIRED');
  });

  test('of a paid order is refused shortly before the start', async () => {
    const soon = await seatlane.client.schedule({
      bookingEndAt: inHours(22),
      startAt: inHours(23),
      endAt: inHours(25),
    });
    const user = await seatlane.client.admitted('abby');
    await send('POST', '/points/charge', user, { amount: PRICE });
    const places = { scheduleId: soon.id, seatIds: [soon.seats[0]?.id] };
    const order: Order = (await place(user, places)).body.result;
    await pay(user, order.id);
    await refused(() => cancel(user, order.id), 409, 'CANCELLATION_CLOSED');
  });
});
