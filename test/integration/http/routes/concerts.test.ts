/** Concerts and schedules over HTTP. Seats are tested in seat-map.test.ts. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { effects } from '../../../support/effects.ts';
import { type AdmittedUser, inHours, scheduleBody } from '../../../support/http/client.ts';
import { expectProblem } from '../../../support/http/problems.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';

let seatlane: TestSeatlane;
let admin: string;
let ada: AdmittedUser;
beforeAll(async () => {
  seatlane = await startSeatlane();
  admin = await seatlane.client.tokenFor('operator', 'admin');
  ada = await seatlane.client.admitted('ada');
});
afterAll(() => seatlane.stop());

const announce = (body: object) =>
  seatlane.client.command('POST', '/concerts', { token: admin, body });

const schedule = (concertId: number | string, change: object = {}) =>
  seatlane.client.command('POST', `/concerts/${concertId}/schedules`, {
    token: admin,
    body: { ...scheduleBody(), ...change },
  });

const bookable = (concertId: number) =>
  seatlane.client.request('GET', `/concerts/${concertId}/schedules/bookable`, ada);

test('an operator creates a concert, and it can be read without a token', async () => {
  const made = await announce({ title: '  The Winter Gala ', description: 'With bells.\nTwice.' });
  expect(made.status).toBe(200);
  expect(made.body.command).toBe('create-concert');
  const concert = made.body.result;
  expect(concert).toEqual({
    id: expect.any(Number),
    title: 'The Winter Gala',
    description: 'With bells.\nTwice.',
    createdAt: expect.stringMatching(/Z$/),
    queueId: 1,
    venue: null,
    timeZone: 'UTC',
    image: null,
    state: 'open',
  });
  const read = await seatlane.client.request('GET', `/concerts/${concert.id}`);
  expect(read.body).toEqual(concert);
  const list = await seatlane.client.request('GET', '/concerts');
  expect(list.body.items[0]).toEqual(concert);
});

test('a missing description becomes null, and unusual characters are kept', async () => {
  const title = '日本 🎻 <b>"O\'Neil"</b> \\ %s';
  const { body } = await announce({ title });
  expect(body.result).toMatchObject({ title, description: null });
  const read = await seatlane.client.request('GET', `/concerts/${body.result.id}`);
  expect(read.body.title).toBe(title);
});

test('a title is stored in Unicode normal form, and a retry in another form is the same request', async () => {
  const send = (title: string) =>
    seatlane.client.command('POST', '/concerts', {
      token: admin,
      body: { title },
      headers: { 'Idempotency-Key': 'normal form' },
    });
  const made = await send('Ame\u0301lie\u00a0 live');
  expect(made.body.result.title).toBe('Am\u00e9lie live');
  expect((await send('Am\u00e9lie live')).body.id).toBe(made.body.id);
});

test('seats whose row names differ only in Unicode form are duplicates and refused', async () => {
  const { id } = await seatlane.client.concert();
  const range = { section: 'Stalls', row: 'Ae\u0301', from: 1, to: 2, price: 1 };
  const twice = await schedule(id, { seats: [range, { ...range, row: 'A\u00e9' }] });
  expectProblem(twice, 400, 'VALIDATION_FAILED');
  const hidden = await schedule(id, { seats: [range, { ...range, row: 'Ae\u0301\u200b' }] });
  expectProblem(hidden, 400, 'VALIDATION_FAILED');
  expect(hidden.body.errors).toMatchObject([{ path: 'seats.1.row' }]);
});

test('an operator creates a schedule, and its times are returned in UTC', async () => {
  const { id } = await seatlane.client.concert();
  const startAt = '2099-06-01T20:00:00+02:00';
  const { status, body } = await schedule(id, { startAt, endAt: '2099-06-01T23:00:00.000+02:00' });
  expect(status).toBe(200);
  expect(body.result).toMatchObject({
    concertId: id,
    seatCount: 10,
    startAt: '2099-06-01T18:00:00.000Z',
    endAt: '2099-06-01T21:00:00.000Z',
  });
});

test('a schedule with 50,000 seats can be created', async () => {
  const { id } = await seatlane.client.concert();
  const seats = Array.from({ length: 50 }, (_, index) => ({
    section: 'Arena',
    row: String(index + 1),
    from: 1,
    to: 1000,
    price: 10,
  }));
  const { body } = await schedule(id, { seats });
  expect(body.result.seatCount).toBe(50_000);
  const path = `/concerts/schedules/${body.result.id}/seats`;
  expect((await seatlane.client.request('GET', path, ada)).body.items).toHaveLength(50_000);
});

test('a schedule of an unknown concert is refused and changes nothing', async () => {
  const before = await effects(seatlane.rows);
  const answer = await schedule(999_999);
  expectProblem(answer, 404, 'CONCERT_NOT_FOUND');
  expect(answer.body.jobId).toEqual(expect.any(String));
  expect(await effects(seatlane.rows)).toEqual(before);
});

test.each(['0000-01-01T00:00:00Z', '9999-12-31T23:59:59-23:59'])(
  'a schedule with the time %s is either accepted or refused as invalid',
  async (time) => {
    const { id } = await seatlane.client.concert();
    const answer = await schedule(id, { bookingStartAt: time });
    expect(answer.status).toBeLessThan(500);
  },
);

test('only schedules that can be booked now are listed, with their available seats', async () => {
  const { id } = await seatlane.client.concert();
  const open = (await schedule(id)).body.result;
  await schedule(id, { bookingStartAt: inHours(1) });
  await schedule(id, { bookingStartAt: inHours(-2), bookingEndAt: inHours(-1) });
  expect((await bookable(id)).body).toEqual({
    items: [{ ...open, availableCount: 10 }],
    nextCursor: null,
  });
  const [first] = await seatlane.client.seats(open.id, ada);
  await seatlane.client.command('POST', `/concerts/seats/${first?.id}/book`, ada);
  expect((await bookable(id)).body.items).toMatchObject([{ seatCount: 10, availableCount: 9 }]);
});

test('a concert without schedules has an empty list of them', async () => {
  const { id } = await seatlane.client.concert();
  expect((await bookable(id)).body).toEqual({ items: [], nextCursor: null });
});

test('concurrent requests for the bookable schedules all get the number of available seats', async () => {
  const { id } = await seatlane.client.concert();
  const open = (await schedule(id)).body.result;
  const answers = await Promise.all(Array.from({ length: 50 }, () => bookable(id)));
  for (const { body } of answers) expect(body.items).toEqual([{ ...open, availableCount: 10 }]);
});
