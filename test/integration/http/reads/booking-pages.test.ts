/** Pages of a user's bookings: live ones are found by their orders, and ended ones by themselves. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Booking } from '../../../../src/commands/schemas/resources.ts';
import type { AdmittedUser } from '../../../support/http/client.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';

const PLACES = 3;

let seatlane: TestSeatlane;
let user: AdmittedUser;
/** Two orders of three: the first one is paid, and its second booking refunded. */
let paid: Booking[];
let held: Booking[];
beforeAll(async () => {
  seatlane = await startSeatlane();
  const { client } = seatlane;
  user = await client.admitted('ada');
  const { seats } = await client.schedule();
  const send = async (method: string, path: string, body?: object) =>
    (await client.command(method, path, { ...user, ...(body && { body }) })).body.result;
  await send('POST', '/points/charge', { amount: 1000 });
  const book = async (from: number): Promise<Booking[]> => {
    const seatIds = seats.slice(from, from + PLACES).map(({ id }) => id);
    return (await send('POST', '/concerts/bookings', { seatIds })).bookings;
  };
  paid = await book(0);
  held = await book(PLACES);
  await send('POST', `/orders/${paid[0]?.orderId}/pay`);
  await send('DELETE', `/concerts/bookings/${paid[1]?.id}`);
});
afterAll(() => seatlane.stop());

/** The bookings on all pages of so many. */
async function pagesOf(limit: number, filter = ''): Promise<string[]> {
  const found: string[] = [];
  for (let cursor = ''; ; ) {
    const path = `/concerts/bookings?limit=${limit}${filter}${cursor}`;
    const { body } = await seatlane.client.request('GET', path, { token: user.token });
    found.push(...body.items.map(({ id, state }: Booking) => `${id} ${state}`));
    if (body.nextCursor === null) return found;
    cursor = `&cursor=${body.nextCursor}`;
  }
}

const shown = (bookings: readonly (Booking | undefined)[], state: string) =>
  bookings.map((booking) => `${booking?.id} ${state}`).toReversed();

test.each([1, 2, 4, 20])('of %s have each booking once, the newest first', async (limit) => {
  expect(await pagesOf(limit)).toEqual([
    ...shown(held, 'held'),
    ...shown(paid.slice(2), 'paid'),
    ...shown(paid.slice(1, 2), 'refunded'),
    ...shown(paid.slice(0, 1), 'paid'),
  ]);
});

test.each([1, 2, 20])('of %s have the bookings of one state', async (limit) => {
  expect(await pagesOf(limit, '&state=held')).toEqual(shown(held, 'held'));
  expect(await pagesOf(limit, '&state=paid')).toEqual(shown([paid[0], paid[2]], 'paid'));
  expect(await pagesOf(limit, '&state=refunded')).toEqual(shown([paid[1]], 'refunded'));
  expect(await pagesOf(limit, '&state=expired')).toEqual([]);
});

test('of a time begin and end with the orders of that time', async () => {
  const at = held[0]?.createdAt ?? '';
  const later = new Date(Date.parse(at) + 1).toISOString();
  expect(await pagesOf(2, `&from=${at}`)).toEqual(shown(held, 'held'));
  expect(await pagesOf(2, `&from=${at}&to=${later}`)).toEqual(shown(held, 'held'));
  expect(await pagesOf(2, `&to=${at}&state=held`)).toEqual([]);
});
