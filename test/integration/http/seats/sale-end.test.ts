/** A performance is on sale from the start of its booking window until the window or the time before the performance ends. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Schedule } from '../../../../src/commands/schemas/resources.ts';
import { type AdmittedUser, inHours } from '../../../support/http/client.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';
import { waitFor } from '../../../support/wait-for.ts';

let seatlane: TestSeatlane;
let ada: AdmittedUser;
beforeAll(async () => {
  seatlane = await startSeatlane();
  ada = await seatlane.client.admitted('ada');
  // Performances whose booking window ends after their start. Versions before the constraint could create them.
  await seatlane.rows('alter table schedule drop constraint schedule_booking_ends_by_start');
});
afterAll(() => seatlane.stop());

const areas = [{ name: 'Floor', capacity: 30, price: 50 }];
const start = (scheduleId: number) =>
  seatlane.rows(`update schedule set start_at = now() where id = ${scheduleId}`);
const book = (seatId: number | undefined) =>
  seatlane.client.command('POST', `/concerts/seats/${seatId}/book`, ada);

async function bookable(concertId: number): Promise<unknown[]> {
  const path = `/concerts/${concertId}/schedules/bookable`;
  return (await seatlane.client.request('GET', path, ada)).body.items;
}

async function stockOf(concertId: number): Promise<unknown> {
  const path = `/users/queue?concertId=${concertId}`;
  return (await seatlane.client.request('GET', path, ada)).body.stock;
}

test('a performance that has started is not listed, counted or sold', async () => {
  const { id, concertId, seats } = await seatlane.client.schedule();
  await start(id);
  expect(await bookable(concertId)).toEqual([]);
  expect(await stockOf(concertId)).toEqual({ concertId, available: 0, held: 0 });
  const { status, body } = await book(seats[0]?.id);
  expect([status, body.code]).toEqual([409, 'BOOKING_CLOSED']);
});

test('a hold made before the start can be paid after it', async () => {
  const { id, seats } = await seatlane.client.schedule();
  const { body: held } = await book(seats[0]?.id);
  await start(id);
  await seatlane.client.command('POST', '/points/charge', { ...ada, body: { amount: 100 } });
  const path = `/concerts/bookings/${held.result.id}/pay`;
  expect((await seatlane.client.command('POST', path, ada)).status).toBe(200);
  ada = await seatlane.client.admitted('ada');
});

test('the stock does not count schedules whose booking window has not opened', async () => {
  const { concertId } = await seatlane.client.schedule();
  const admin = await seatlane.client.tokenFor('operator', 'admin');
  const seats = [{ section: 'Stalls', row: 'A', from: 1, to: 40, price: 100 }];
  const later = { bookingStartAt: inHours(1), bookingEndAt: inHours(24), startAt: inHours(48) };
  const { status } = await seatlane.client.command('POST', `/concerts/${concertId}/schedules`, {
    token: admin,
    body: { ...later, endAt: inHours(50), seats },
  });
  expect(status).toBe(200);
  expect(await stockOf(concertId)).toEqual({ concertId, available: 10, held: 0 });
});

test.each([
  ['concert', (one: Schedule) => `/concerts/${one.concertId}`],
  ['performance', (one: Schedule) => `/concerts/schedules/${one.id}`],
])('a %s that operators have closed has no stock until it is opened again', async (_, pathOf) => {
  const schedule = await seatlane.client.schedule({ areas });
  const { concertId } = schedule;
  const token = await seatlane.client.tokenFor('operator', 'admin');
  const send = (path: string, body: object) =>
    seatlane.client.command('POST', `${pathOf(schedule)}/${path}`, { token, body });
  await send('close', { reason: 'A fault' });
  expect(await stockOf(concertId)).toEqual({ concertId, available: 0, held: 0 });
  expect(await bookable(concertId)).toEqual([]);
  await send('reopen', {});
  await waitFor('the stock', async () => {
    return (
      JSON.stringify(await stockOf(concertId)) ===
      JSON.stringify({ concertId, available: 40, held: 0 })
    );
  });
  expect(await bookable(concertId)).toMatchObject([{ id: schedule.id, state: 'scheduled' }]);
});
