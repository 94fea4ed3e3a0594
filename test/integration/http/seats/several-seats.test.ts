/** Booking several seats with one command: all or none; named seats, or the best adjacent seats. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AdmittedUser, inHours } from '../../../support/http/client.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';

let seatlane: TestSeatlane;
let ada: AdmittedUser;
beforeAll(async () => {
  seatlane = await startSeatlane();
  ada = await seatlane.client.admitted('ada');
});
afterAll(() => seatlane.stop());

const book = (user: AdmittedUser, body: object) =>
  seatlane.client.command('POST', '/concerts/bookings', { ...user, body });

async function hall(seats?: object[]) {
  const schedule = await seatlane.client.schedule(seats ? { seats } : {});
  const ids = schedule.seats.map((seat) => seat.id);
  return { schedule, ids };
}

test('several named seats are held by one command', async () => {
  const { ids } = await hall();
  const seatIds = [ids[4], ids[1], ids[2]];
  const { status, body } = await book(ada, { seatIds });
  expect(status).toBe(200);
  expect(body.result.bookings.map((held: { seatId: number }) => held.seatId)).toEqual(seatIds);
});

test('if one seat is already held, no seat is booked, and the problem names that seat', async () => {
  const { schedule, ids } = await hall();
  const bob = await seatlane.client.admitted('bob');
  await seatlane.client.command('POST', `/concerts/seats/${ids[2]}/book`, bob);
  const { status, body } = await book(ada, { seatIds: [ids[1], ids[2], ids[3]] });
  expect(status).toBe(409);
  expect(body).toMatchObject({ code: 'SEAT_ALREADY_HELD', seatId: ids[2] });
  const seats = await seatlane.client.seats(schedule.id, ada);
  expect(seats.filter((seat) => seat.state === 'held').map((seat) => seat.id)).toEqual([ids[2]]);
});

test('seats of two schedules cannot be booked by one command', async () => {
  const [one, other] = [await hall(), await hall()];
  const { body } = await book(ada, { seatIds: [one.ids[0], other.ids[0]] });
  expect(body).toMatchObject({ code: 'SEAT_NOT_FOUND', seatId: other.ids[0] });
});

test('a user can have at most ten live seats in a schedule, however they were booked', async () => {
  const { ids } = await hall([{ from: 1, to: 20, price: 5 }]);
  const eve = await seatlane.client.admitted('eve');
  expect((await book(eve, { seatIds: ids.slice(0, 8) })).status).toBe(200);
  expect((await book(eve, { seatIds: ids.slice(8, 11) })).body.code).toBe('SEAT_LIMIT_REACHED');
  const singles = await Promise.all(
    ids
      .slice(8, 20)
      .map((id) => seatlane.client.command('POST', `/concerts/seats/${id}/book`, eve)),
  );
  const counts = Map.groupBy(singles, ({ status, body }) => (status === 200 ? 'ok' : body.code));
  expect(counts.get('ok')).toHaveLength(2);
  expect(counts.get('SEAT_LIMIT_REACHED')).toHaveLength(10);
});

test('two users who ask for the same seats in opposite order do not block each other', async () => {
  const users = await Promise.all(
    Array.from({ length: 20 }, (_, index) => seatlane.client.admitted(`opposite ${index}`)),
  );
  const { ids } = await hall();
  const answers = await Promise.all(
    users.map((user, index) => book(user, { seatIds: index % 2 ? ids : ids.toReversed() })),
  );
  const codes = answers.map(({ status, body }) => (status === 200 ? 'ok' : body.code)).sort();
  expect(codes.filter((code) => code === 'ok')).toHaveLength(1);
  expect(codes.filter((code) => code === 'SEAT_ALREADY_HELD')).toHaveLength(19);
});

test('the best available seats are the most expensive adjacent seats that the request allows', async () => {
  const { schedule, ids } = await hall([
    { section: 'Stalls', row: 'A', from: 1, to: 6, price: 50 },
    { section: 'Circle', row: 'B', from: 1, to: 4, price: 20 },
  ]);
  const wish = (quantity: number, more = {}) =>
    book(ada, { scheduleId: schedule.id, bestAvailable: { quantity, ...more } });
  const seatsOf = ({ body }: { body: { result: { bookings: { seatId: number }[] } } }) =>
    body.result.bookings.map(({ seatId }) => seatId);
  expect(seatsOf(await wish(4))).toEqual([ids[0], ids[1], ids[2], ids[3]]);
  expect(seatsOf(await wish(2, { maxPrice: 49 }))).toEqual([ids[6], ids[7]]);
  expect(seatsOf(await wish(1, { prefer: 'cheapest' }))).toEqual([ids[8]]);
  expect((await wish(3)).body.code).toBe('NO_ADJACENT_SEATS');
  expect((await wish(2, { section: 'Circle' })).body.code).toBe('NO_ADJACENT_SEATS');
  expect(seatsOf(await wish(2, { section: 'Stalls' }))).toEqual([ids[4], ids[5]]);
});

test('a request for the best seats of an unknown schedule returns 404', async () => {
  const answer = await book(ada, { scheduleId: 999_999, bestAvailable: { quantity: 2 } });
  expect([answer.status, answer.body.code]).toEqual([404, 'SCHEDULE_NOT_FOUND']);
});

test('a request for the best seats of a schedule that is not on sale is refused, whether seats are free or not', async () => {
  const seats = [{ from: 1, to: 2, price: 1 }];
  const soon = await seatlane.client.schedule({ seats, bookingStartAt: inHours(1) });
  const over = await seatlane.client.schedule({ seats, bookingEndAt: inHours(-0.5) });
  for (const [scheduleId, code] of [
    [soon.id, 'BOOKING_NOT_STARTED'],
    [over.id, 'BOOKING_CLOSED'],
  ]) {
    const { body } = await book(ada, { scheduleId, bestAvailable: { quantity: 3 } });
    expect(body.code).toBe(code);
  }
});

test('concurrent requests for the best seats get different seats until none are left', async () => {
  const { schedule } = await hall([{ from: 1, to: 20, price: 5 }]);
  const users = await Promise.all(
    Array.from({ length: 12 }, (_, index) => seatlane.client.admitted(`best ${index}`)),
  );
  const answers = await Promise.all(
    users.map((user) => book(user, { scheduleId: schedule.id, bestAvailable: { quantity: 2 } })),
  );
  const given = answers.filter(({ status }) => status === 200);
  expect(given).toHaveLength(10);
  const ids = given.flatMap(({ body }) =>
    body.result.bookings.map((held: { seatId: number }) => held.seatId),
  );
  expect(new Set(ids).size).toBe(20);
});

test.each([
  [{ seatIds: [] }],
  [{ seatIds: [1, 1] }],
  [{ seatIds: Array.from({ length: 11 }, (_, index) => index + 1) }],
  [{ seatIds: [1], scheduleId: 1, bestAvailable: { quantity: 1 } }],
  [{ bestAvailable: { quantity: 1 } }],
  [{ scheduleId: 1, bestAvailable: { quantity: 11 } }],
])('%j is not valid', async (body) => {
  const answer = await book(ada, body);
  expect(answer.status).toBe(400);
  expect(answer.body.code).toBe('VALIDATION_FAILED');
});
