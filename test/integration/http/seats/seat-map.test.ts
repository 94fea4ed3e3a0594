/** The seats of a schedule: their states, and the form of the response. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Schedule, Seat } from '../../../../src/commands/schemas/resources.ts';
import { endHolds } from '../../../support/end-holds.ts';
import type { AdmittedUser } from '../../../support/http/client.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';

let seatlane: TestSeatlane;
let ada: AdmittedUser;
let schedule: Schedule & { seats: Seat[] };
beforeAll(async () => {
  seatlane = await startSeatlane();
  schedule = await seatlane.client.schedule();
  ada = await seatlane.client.admitted('ada');
});
afterAll(() => seatlane.stop());

const look = (query = '', headers: Record<string, string> = {}, id = schedule.id) =>
  seatlane.client.request('GET', `/concerts/schedules/${id}/seats${query}`, { ...ada, headers });

const book = (seat: Seat | undefined) =>
  seatlane.client.command('POST', `/concerts/seats/${seat?.id}/book`, ada);

test('all seats are returned in the order of the ranges, with their states', async () => {
  const seats = [
    { section: 'Stalls', row: 'B', from: 9, to: 10, price: 80 },
    { section: 'Stalls', row: 'A', from: 1, to: 2, price: 120 },
    { from: 5, to: 5, price: 0 },
  ];
  const { id } = await seatlane.client.schedule({ seats });
  const { body } = await look('', {}, id);
  const seatId = expect.any(Number);
  const state = 'available';
  expect(body).toEqual({
    scheduleId: id,
    items: [
      { id: seatId, section: 'Stalls', row: 'B', number: 9, price: 80, state },
      { id: seatId, section: 'Stalls', row: 'B', number: 10, price: 80, state },
      { id: seatId, section: 'Stalls', row: 'A', number: 1, price: 120, state },
      { id: seatId, section: 'Stalls', row: 'A', number: 2, price: 120, state },
      { id: seatId, section: null, row: null, number: 5, price: 0, state },
    ],
  });
});

test('seats appear as held and sold as soon as the command has succeeded', async () => {
  const { client } = seatlane;
  const fresh = await client.schedule();
  const buyer = await client.admitted('a buyer');
  const [first, second] = fresh.seats;
  const held = await client.command('POST', `/concerts/seats/${first?.id}/book`, buyer);
  await client.command('POST', `/concerts/seats/${second?.id}/book`, buyer);
  await client.command('POST', '/points/charge', { ...buyer, body: { amount: 100 } });
  const path = `/concerts/bookings/${held.body.result.id}/pay`;
  expect((await client.command('POST', path, buyer)).status).toBe(200);

  const states = async (query: string) =>
    (await look(query, {}, fresh.id)).body.items.map((seat: Seat) => [seat.id, seat.state]);
  expect((await states('')).slice(0, 3)).toEqual([
    [first?.id, 'sold'],
    [second?.id, 'held'],
    [fresh.seats[2]?.id, 'available'],
  ]);
  expect(await states('?state=sold')).toEqual([[first?.id, 'sold']]);
  expect(await states('?state=held')).toEqual([[second?.id, 'held']]);
  expect(await states('?state=available')).toHaveLength(8);
});

test('a seat whose grace period has ended appears as available before it is released', async () => {
  const seat = schedule.seats[0];
  await book(seat);
  const ofSeat = `id = (select order_id from booking where seat_id = ${seat?.id} and ended_as is null)`;
  await endHolds(seatlane.rows, ofSeat, { holdEnd: 'now()', seatEnd: 'now()' });
  // The timer that releases the seat may run first; the response must be the same.
  const { body } = await look('?state=available');
  expect(body.items.map(({ id }: Seat) => id)).toContain(seat?.id);
  expect((await look('?state=held')).body.items).toEqual([]);
});

test('a client that already has the current seats gets 304', async () => {
  const first = await look();
  const etag = first.headers.get('etag') ?? '';
  expect(etag).toMatch(/^(W\/)?"[^"]+"$/);
  for (const match of [etag, `"other", ${etag}`, '*', etag.replace(/^W\//, '')]) {
    const answer = await look('', { 'If-None-Match': match });
    expect(answer.status).toBe(304);
    expect(answer.body).toBe('');
    expect(answer.headers.get('etag')).toBe(etag);
  }
  expect((await look('', { 'If-None-Match': '"other"' })).status).toBe(200);
});

test('a change of a seat changes the ETag, also for the seats in one state', async () => {
  const tag = async (query = '') => (await look(query)).headers.get('etag') ?? '';
  const before = [await tag(), await tag('?state=available')];
  await book(schedule.seats[5]);
  expect((await look('', { 'If-None-Match': before[0] ?? '' })).status).toBe(200);
  expect(await tag('?state=available')).not.toBe(before[1]);
});

test('a large body is compressed for clients that accept gzip, and has the same content for others', async () => {
  const seats = [{ section: 'A', row: '1', from: 1, to: 300, price: 1 }];
  const { id } = await seatlane.client.schedule({ seats });
  const small = await look('', { 'Accept-Encoding': 'gzip, br' }, id);
  expect(small.headers.get('content-encoding')).toBe('gzip');
  expect(small.headers.get('vary')).toMatch(/accept-encoding/i);
  const plain = await look('', { 'Accept-Encoding': 'identity' }, id);
  expect(plain.headers.get('content-encoding')).toBeNull();
  expect(plain.headers.get('vary')).toMatch(/accept-encoding/i);
  expect(small.body).toEqual(plain.body);
  expect(plain.body.items).toHaveLength(300);
});

// A known mistake of servers: to look only for the word `gzip` in the header.
test('a client that refuses gzip gets an uncompressed body', async () => {
  const seats = [{ section: 'A', row: '1', from: 1, to: 300, price: 1 }];
  const { id } = await seatlane.client.schedule({ seats });
  const plain = await look('', { 'Accept-Encoding': 'gzip;q=0, identity' }, id);
  expect(plain.headers.get('content-encoding')).toBeNull();
});

test('concurrent reads get the same seats, and a read after a booking shows it', async () => {
  const answers = await Promise.all(Array.from({ length: 30 }, () => look()));
  expect(new Set(answers.map(({ headers }) => headers.get('etag'))).size).toBe(1);
  const looking = Array.from({ length: 30 }, () => look());
  await book(schedule.seats[7]);
  const { body } = await look();
  expect(body.items[7].state).toBe('held');
  await Promise.all(looking);
});
