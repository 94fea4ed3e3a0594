/** Cancelling bookings: holds at any time; paid bookings, with a refund, until some time before the start. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endHolds } from '../../../support/end-holds.ts';
import { type AdmittedUser, inHours } from '../../../support/http/client.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';

let seatlane: TestSeatlane;
beforeAll(async () => {
  seatlane = await startSeatlane();
});
afterAll(() => seatlane.stop());

let count = 0;
/** A new user with a booking. */
async function holder(options: Record<string, unknown> = {}) {
  count += 1;
  const { client } = seatlane;
  const schedule = await client.schedule(options);
  const user = await client.admitted(`holder ${count}`);
  const seatId = schedule.seats[0]?.id;
  const held = await client.command('POST', `/concerts/seats/${seatId}/book`, user);
  const { id: bookingId, orderId } = held.body.result as { id: number; orderId: number };
  const path = `/concerts/bookings/${bookingId}`;
  return { user, schedule, seatId, bookingId, orderId, path };
}

async function pay(user: AdmittedUser, path: string) {
  await seatlane.client.command('POST', '/points/charge', { ...user, body: { amount: 130 } });
  return seatlane.client.command('POST', `${path}/pay`, user);
}

const cancel = (user: { token: string }, path: string) =>
  seatlane.client.command('DELETE', path, { token: user.token });

test('a hold that is cancelled frees its seat at once', async () => {
  const { user, seatId, path } = await holder();
  const { status, body } = await cancel(user, path);
  expect(status).toBe(200);
  expect(body.result).toMatchObject({ seatId, state: 'cancelled' });
  const other = await seatlane.client.admitted('other');
  const again = await seatlane.client.command('POST', `/concerts/seats/${seatId}/book`, other);
  expect(again.status).toBe(200);
  expect((await cancel(user, path)).body.code).toBe('BOOKING_CANCELLED');
});

test('cancelling a paid booking refunds its points, with a history line and a refund', async () => {
  const { user, seatId, bookingId, path } = await holder();
  expect((await pay(user, path)).status).toBe(200);
  const { body } = await cancel(user, path);
  expect(body.result).toMatchObject({ state: 'refunded' });
  expect((await seatlane.client.request('GET', '/points', user)).body).toEqual({ balance: 130 });
  const history = await seatlane.client.request('GET', '/points/history?kind=refund', user);
  expect(history.body.items).toMatchObject([{ kind: 'refund', amount: 100, balance: 130 }]);
  const payments = await seatlane.rows(
    `select kind, price::int, balance::int from payment where booking_id = ${bookingId} order by id`,
  );
  expect(payments).toEqual([
    { kind: 'payment', price: 100, balance: 30 },
    { kind: 'refund', price: 100, balance: 130 },
  ]);
  const seat = await seatlane.rows(`select state from seat where id = ${seatId}`);
  expect(seat).toEqual([{ state: 'available' }]);
  expect((await cancel(user, path)).body.code).toBe('BOOKING_CANCELLED');
});

test('twenty concurrent cancellations of a paid booking refund its points once', async () => {
  const { user, path } = await holder();
  await pay(user, path);
  const answers = await Promise.all(Array.from({ length: 20 }, () => cancel(user, path)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect((await seatlane.client.request('GET', '/points', user)).body).toEqual({ balance: 130 });
});

test('a paid booking cannot be cancelled less than a day before the start', async () => {
  const { user, path } = await holder({
    bookingEndAt: inHours(22),
    startAt: inHours(23),
    endAt: inHours(25),
  });
  await pay(user, path);
  const { status, body } = await cancel(user, path);
  expect([status, body.code]).toEqual([409, 'CANCELLATION_CLOSED']);
  expect((await seatlane.client.request('GET', '/points', user)).body).toEqual({ balance: 30 });
});

test('an expired hold can no longer be cancelled', async () => {
  const { user, orderId, path } = await holder();
  await endHolds(seatlane.rows, `id = ${orderId}`, { holdEnd: `now() - interval '1 s'` });
  expect((await cancel(user, path)).body.code).toBe('HOLD_EXPIRED');
});

test('cancelling another user’s booking or an unknown booking is refused', async () => {
  const { path, bookingId } = await holder();
  const token = await seatlane.client.tokenFor('a stranger');
  const foreign = await cancel({ token }, path);
  expect([foreign.status, foreign.body.code]).toEqual([403, 'NOT_BOOKING_OWNER']);
  const missing = await cancel({ token }, '/concerts/bookings/999999999');
  expect([missing.status, missing.body.code]).toEqual([404, 'BOOKING_NOT_FOUND']);
  const rows = await seatlane.rows(`select ended_as from booking where id = ${bookingId}`);
  expect(rows).toEqual([{ ended_as: null }]);
});

test('operators can block and release free seats; users cannot', async () => {
  const { client } = seatlane;
  const { schedule, user, seatId } = await holder();
  const admin = await client.tokenFor('operator', 'admin');
  const send = (token: string, path: string, body: object) =>
    client.command('POST', `/concerts/seats/${path}`, { token, body });
  const free = schedule.seats.slice(1, 3).map((seat) => seat.id);
  const reason = 'camera';
  expect((await send(user.token, 'block', { seatIds: free, reason })).body.code).toBe('FORBIDDEN');
  const refused = await send(admin, 'block', { seatIds: [...free, seatId], reason });
  expect(refused.body).toMatchObject({ code: 'SEAT_ALREADY_HELD', seatId });
  expect((await send(admin, 'block', { seatIds: free, reason })).status).toBe(200);
  const seats = await client.seats(schedule.id, user);
  expect(seats.filter(({ state }) => state === 'held').map(({ id }) => id)).toEqual([
    seatId,
    ...free,
  ]);
  const booked = await client.command('POST', `/concerts/seats/${free[0]}/book`, user);
  expect(booked.body.code).toBe('SEAT_ALREADY_HELD');
  expect((await send(admin, 'release', { seatIds: free })).status).toBe(200);
  expect((await client.command('POST', `/concerts/seats/${free[0]}/book`, user)).status).toBe(200);
});
