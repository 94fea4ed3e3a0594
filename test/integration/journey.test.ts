/** One user's whole way over HTTP: queue, seats, hold, points, payment. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSeatlane, type TestSeatlane } from '../support/services/seatlane.ts';

let seatlane: TestSeatlane;
beforeAll(async () => {
  seatlane = await startSeatlane();
});
afterAll(() => seatlane.stop());

test('a user gets from the queue to a paid seat', async () => {
  const { client } = seatlane;
  const schedule = await client.schedule();
  const ada = await client.admitted('ada');
  const seat = schedule.seats[0];

  const held = await client.command('POST', `/concerts/seats/${seat?.id}/book`, ada);
  expect(held.status).toBe(200);
  expect(held.headers.get('preference-applied')).toBe('wait');
  expect(held.body).toMatchObject({ state: 'succeeded', command: 'book-seat', problem: null });
  expect(held.body.result).toMatchObject({ seatId: seat?.id, state: 'held', price: 100 });

  const charged = await client.command('POST', '/points/charge', { ...ada, body: { amount: 150 } });
  expect(charged.body.result).toEqual({ balance: 150 });

  const path = `/concerts/bookings/${held.body.result.id}/pay`;
  const paid = await client.command('POST', path, ada);
  expect(paid.body.result).toMatchObject({ kind: 'payment', price: 100, balance: 50 });

  const bookings = await client.request('GET', '/concerts/bookings', ada);
  expect(bookings.body.items).toMatchObject([{ seatId: seat?.id, state: 'paid' }]);
  const gone = await client.request('GET', '/users/queue', ada);
  expect(gone.body.code).toBe('QUEUE_ENTRY_NOT_FOUND');
});
