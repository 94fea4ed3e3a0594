/** Holding and paying over HTTP, with each possible refusal. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Seat } from '../../../../src/commands/schemas/resources.ts';
import { effects } from '../../../support/effects.ts';
import { endHolds } from '../../../support/end-holds.ts';
import { type AdmittedUser, type Answer, inHours } from '../../../support/http/client.ts';
import { expectProblem } from '../../../support/http/problems.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';

let seatlane: TestSeatlane;
let seats: Seat[];
let startAt: string;
beforeAll(async () => {
  seatlane = await startSeatlane();
  const hall = [{ section: 'Stalls', row: 'A', from: 1, to: 40, price: 100 }];
  ({ seats, startAt } = await seatlane.client.schedule({ seats: hall }));
});
afterAll(() => seatlane.stop());

/** A seat that no other test uses. */
const aSeat = () => seats.shift() as Seat;

const book = (user: AdmittedUser, seatId: number) =>
  seatlane.client.command('POST', `/concerts/seats/${seatId}/book`, user);

const pay = (user: AdmittedUser, bookingId: number) =>
  seatlane.client.command('POST', `/concerts/bookings/${bookingId}/pay`, user);

async function aHold(subject: string, points = 0) {
  const user = await seatlane.client.admitted(subject);
  if (points > 0) {
    const body = { amount: points };
    await seatlane.client.command('POST', '/points/charge', { ...user, body });
  }
  return { user, booking: (await book(user, aSeat().id)).body.result };
}

async function refused(send: () => Promise<Answer>, status: number, code: string) {
  const before = await effects(seatlane.rows);
  const answer = await send();
  expectProblem(answer, status, code);
  expect(answer.body.jobId).toEqual(expect.any(String));
  expect(await effects(seatlane.rows)).toEqual(before);
  return answer;
}

test('a booking has the shape of the contract, alone and in the list', async () => {
  const user = await seatlane.client.admitted('ada');
  const { id: seatId, number } = aSeat();
  const { body } = await book(user, seatId);
  const id = expect.any(Number);
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/);
  expect(body.result).toEqual({
    id,
    orderId: id,
    areaId: null,
    areaName: null,
    concertId: id,
    scheduleId: id,
    seatId,
    section: 'Stalls',
    row: 'A',
    seatNumber: number,
    price: 100,
    state: 'held',
    holdExpiresAt: time,
    createdAt: time,
    concertTitle: 'The Winter Gala',
    startAt,
  });
  const list = await seatlane.client.request('GET', '/concerts/bookings', user);
  expect(list.body.items).toEqual([body.result]);
});

test('bookings are listed without a queue token, and users see only their own', async () => {
  const { user, booking } = await aHold('bea');
  await aHold('cleo');
  const list = await seatlane.client.request('GET', '/concerts/bookings', { token: user.token });
  expect(list.body.items).toEqual([booking]);
});

test('a payment has the shape of the contract', async () => {
  const { user, booking } = await aHold('dora', 130);
  const { body } = await pay(user, booking.id);
  expect(body.result).toEqual({
    id: expect.any(Number),
    bookingId: booking.id,
    seatId: booking.seatId,
    areaId: null,
    price: 100,
    kind: 'payment',
    balance: 30,
    createdAt: expect.stringMatching(/Z$/),
  });
  const points = await seatlane.client.request('GET', '/points', user);
  expect(points.body).toEqual({ balance: 30 });
});

test('a held or sold seat is refused, also to the user who holds it', async () => {
  const { user, booking } = await aHold('eva', 100);
  const other = await seatlane.client.admitted('fay');
  for (const buyer of [user, other]) {
    await refused(() => book(buyer, booking.seatId), 409, 'SEAT_ALREADY_HELD');
  }
  await pay(user, booking.id);
  const answer = await refused(() => book(other, booking.seatId), 409, 'SEAT_ALREADY_SOLD');
  expect(answer.body.seatId).toBe(booking.seatId);
});

test('a seat is refused before its booking window and after it', async () => {
  const user = await seatlane.client.admitted('gina');
  const soon = await seatlane.client.schedule({ bookingStartAt: inHours(1) });
  const over = await seatlane.client.schedule({
    bookingStartAt: inHours(-2),
    bookingEndAt: inHours(-1),
  });
  await refused(() => book(user, soon.seats[0]?.id ?? 0), 409, 'BOOKING_NOT_STARTED');
  await refused(() => book(user, over.seats[0]?.id ?? 0), 409, 'BOOKING_CLOSED');
});

test('an unknown seat or booking is refused', async () => {
  const user = await seatlane.client.admitted('hana');
  await refused(() => book(user, 999_999), 404, 'SEAT_NOT_FOUND');
  await refused(() => pay(user, 999_999), 404, 'BOOKING_NOT_FOUND');
});

test('another user’s booking is refused', async () => {
  const { booking } = await aHold('ida');
  const thief = await seatlane.client.admitted('a thief');
  await refused(() => pay(thief, booking.id), 403, 'NOT_BOOKING_OWNER');
});

test('a second payment of a booking is refused and takes no points', async () => {
  const { user, booking } = await aHold('jana', 300);
  await pay(user, booking.id);
  const again = await seatlane.client.admitted('jana');
  await refused(() => pay(again, booking.id), 409, 'PAYMENT_ALREADY_PROCESSED');
});

test('a payment without enough points is refused, and succeeds after a charge', async () => {
  const { user, booking } = await aHold('kim', 99);
  await refused(() => pay(user, booking.id), 409, 'INSUFFICIENT_POINTS');
  await seatlane.client.command('POST', '/points/charge', { ...user, body: { amount: 1 } });
  expect((await pay(user, booking.id)).body.result).toMatchObject({ balance: 0 });
});

test('a payment of a cancelled booking is refused', async () => {
  const { user, booking } = await aHold('lena', 100);
  const { body } = await seatlane.client.command(
    'DELETE',
    `/concerts/bookings/${booking.id}`,
    user,
  );
  expect(body.state).toBe('succeeded');
  await refused(() => pay(user, booking.id), 409, 'BOOKING_CANCELLED');
});

test('a payment of an expired hold is refused, during its grace period and after it', async () => {
  const { user, booking } = await aHold('mia', 100);
  const { id, orderId } = booking;
  const holdEnd = `now() - interval '1 s'`;
  await endHolds(seatlane.rows, `id = ${orderId}`, { holdEnd });
  await refused(() => pay(user, id), 409, 'HOLD_EXPIRED');
  await endHolds(seatlane.rows, `id = ${orderId}`, { holdEnd, seatEnd: holdEnd });
  const list = await seatlane.client.request('GET', '/concerts/bookings', user);
  expect(list.body.items).toMatchObject([{ id, state: 'expired' }]);
  expectProblem(await pay(user, id), 409, 'HOLD_EXPIRED');
});

test('a seat whose hold and grace period have ended can be booked by another user', async () => {
  const { booking } = await aHold('nora');
  const next = await seatlane.client.admitted('olga');
  await endHolds(seatlane.rows, `id = ${booking.orderId}`, {
    holdEnd: `now() - interval '2 s'`,
    seatEnd: `now() - interval '1 s'`,
  });
  const { body } = await book(next, booking.seatId);
  expect(body).toMatchObject({ state: 'succeeded', result: { seatId: booking.seatId } });
});
