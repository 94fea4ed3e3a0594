/** Areas over HTTP: created with a schedule, listed, ordered, and counted wherever places are counted. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checks } from '../../../../scripts/audit/checks.ts';
import type { Area, Schedule } from '../../../../src/commands/schemas/resources.ts';
import { readScheduleFigures } from '../../../../src/db/reads/board.ts';
import { readQueueCounters } from '../../../../src/db/reads/queue/counters.ts';
import { readStock } from '../../../../src/db/reads/stock.ts';
import { endHolds } from '../../../support/end-holds.ts';
import { type AdmittedUser, scheduleBody } from '../../../support/http/client.ts';
import { expectProblem } from '../../../support/http/problems.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';

const STANDING = { name: 'Standing', capacity: 20, price: 60 };
const BOX = { name: 'Box', capacity: 4, price: 90 };
const PAST = `now() - interval '1 s'`;

let seatlane: TestSeatlane;
let looker: AdmittedUser;
beforeAll(async () => {
  seatlane = await startSeatlane({ settings: { MAX_SEATS_PER_USER: '20' } });
  looker = await seatlane.client.admitted('looker');
});
afterAll(async () => {
  for (const { promise, wrong } of checks) expect(await seatlane.rows(wrong), promise).toEqual([]);
  await seatlane.stop();
});

const pathOf = ({ id }: Schedule) => `/concerts/schedules/${id}/areas`;
const list = (schedule: Schedule, user: object = looker) =>
  seatlane.client.request('GET', pathOf(schedule), user);
const areasOf = async (schedule: Schedule): Promise<Area[]> => (await list(schedule)).body.items;
const place = (user: AdmittedUser, schedule: Schedule, places: object) =>
  seatlane.client.command('POST', '/orders', {
    ...user,
    body: { scheduleId: schedule.id, ...places },
  });

describe('a schedule', () => {
  test('has areas beside its seats, in the given order', async () => {
    const schedule = await seatlane.client.schedule({ areas: [STANDING, BOX] });
    expect(schedule.seatCount).toBe(10 + 24);
    const { status, body } = await list(schedule);
    expect(status).toBe(200);
    const free = (area: typeof BOX) => {
      return { id: expect.any(Number), ...area, available: area.capacity, held: 0, sold: 0 };
    };
    expect(body).toEqual({ scheduleId: schedule.id, items: [free(STANDING), free(BOX)] });
  });

  test('may have areas alone, or none', async () => {
    const alone = await seatlane.client.schedule({ areas: [BOX], seats: undefined });
    expect(alone).toMatchObject({ seatCount: 4, seats: [] });
    expect(await areasOf(await seatlane.client.schedule())).toEqual([]);
  });

  test.each([
    ['neither seats nor areas', { seats: undefined }, 'seats'],
    ['an area twice', { areas: [BOX, BOX] }, 'areas'],
    ['an area without places', { areas: [{ ...BOX, capacity: 0 }] }, 'areas.0.capacity'],
    ['too large an area', { areas: [{ ...BOX, capacity: 1_000_001 }] }, 'areas.0.capacity'],
  ])('is refused with %s', async (_, fields, path) => {
    const token = await seatlane.client.tokenFor('operator', 'admin');
    const { id } = await seatlane.client.concert();
    const body = { ...scheduleBody(), ...fields };
    const answer = await seatlane.client.command('POST', `/concerts/${id}/schedules`, {
      token,
      body,
    });
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    expect(answer.body.errors[0].path).toBe(path);
  });
});

describe('the list of areas', () => {
  test('is not sent again while it is unchanged', async () => {
    const schedule = await seatlane.client.schedule({ areas: [BOX] });
    const etag = (await list(schedule)).headers.get('etag') ?? '';
    const again = () => list(schedule, { ...looker, headers: { 'If-None-Match': etag } });
    expect((await again()).status).toBe(304);
    const [area] = await areasOf(schedule);
    await place(looker, schedule, { areas: [{ areaId: area?.id, quantity: 1 }] });
    expect((await again()).body.items).toMatchObject([{ available: 3, held: 1, sold: 0 }]);
  });

  test('demands a queue token, except from operators, and an existing schedule', async () => {
    const schedule = await seatlane.client.schedule({ areas: [BOX] });
    expectProblem(await list(schedule, { token: looker.token }), 403, 'QUEUE_TOKEN_REQUIRED');
    const token = await seatlane.client.tokenFor('operator', 'admin');
    expect((await list(schedule, { token })).status).toBe(200);
    expectProblem(await list({ ...schedule, id: 999_999 }), 404, 'SCHEDULE_NOT_FOUND');
  });
});

describe('an order', () => {
  test('of seats, the best seats and an area is listed, paid and refunded over all routes', async () => {
    const schedule = await seatlane.client.schedule({ areas: [STANDING] });
    const [area] = await areasOf(schedule);
    const user = await seatlane.client.admitted('ada');
    await seatlane.client.command('POST', '/points/charge', { ...user, body: { amount: 1000 } });
    const { body } = await place(user, schedule, {
      seatIds: [schedule.seats[0]?.id],
      bestAvailable: { quantity: 2 },
      areas: [{ areaId: area?.id, quantity: 2 }],
    });
    const order = body.result;
    expect(order).toMatchObject({ state: 'held', total: 3 * 100 + 2 * 60 });
    const { token } = user;
    const read = async (path: string) =>
      (await seatlane.client.request('GET', path, { token })).body;
    const where = { timeZone: 'UTC', venue: null };
    expect(await read(`/orders/${order.id}`)).toEqual({ ...order, ...where });
    const { items } = await read('/concerts/bookings');
    expect(items).toEqual(order.bookings.toReversed());
    const paid = await seatlane.client.command('POST', `/orders/${order.id}/pay`, user);
    expect(paid.body.result).toMatchObject({ balance: 1000 - order.total });
    expect(await areasOf(schedule)).toMatchObject([{ available: 18, held: 0, sold: 2 }]);
    const refunded = await seatlane.client.command('DELETE', `/orders/${order.id}`, user);
    expect(refunded.body.result).toMatchObject({ state: 'refunded' });
    expect(await areasOf(schedule)).toMatchObject([{ available: 20, held: 0, sold: 0 }]);
  });

  test.each([
    ['no places at all', {}],
    ['an empty list', { areas: [] }],
    ['an area twice', { areas: [1, 1].map((areaId) => ({ areaId, quantity: 1 })) }],
    ['eleven places', { seatIds: [1, 2], areas: [{ areaId: 1, quantity: 9 }] }],
    ['no quantity', { areas: [{ areaId: 1 }] }],
  ])('with %s is not valid', async (_, places) => {
    const schedule = { id: 1 } as Schedule;
    expectProblem(await place(looker, schedule, places), 400, 'VALIDATION_FAILED');
  });

  test('is refused with the area: unknown, held, sold out', async () => {
    const schedule = await seatlane.client.schedule({ areas: [BOX] });
    const [area] = await areasOf(schedule);
    const user = await seatlane.client.admitted('bea');
    const want = (quantity: number, areaId = area?.id) =>
      place(user, schedule, { areas: [{ areaId, quantity }] });
    const unknown = await want(1, 999_999);
    expectProblem(unknown, 404, 'AREA_NOT_FOUND');
    expect(unknown.body).toMatchObject({ areaId: 999_999 });
    const { body } = await want(3);
    const held = await want(2);
    expectProblem(held, 409, 'AREA_HELD');
    expect(held.body).toMatchObject({ areaId: area?.id, available: 1 });
    await seatlane.client.command('POST', '/points/charge', { ...user, body: { amount: 500 } });
    await seatlane.client.command('POST', `/orders/${body.result.id}/pay`, user);
    const other = await seatlane.client.admitted('other bea');
    const refused = await place(other, schedule, { areas: [{ areaId: area?.id, quantity: 2 }] });
    expectProblem(refused, 409, 'AREA_SOLD_OUT');
  });
});

describe('places of areas are counted', () => {
  /** So many places of the area are held, and the rest is sold. */
  async function soldBut(left: number) {
    const { client } = seatlane;
    const schedule = await client.schedule({ areas: [BOX], seats: undefined });
    const [area] = await areasOf(schedule);
    const user = await client.admitted(`buyer ${schedule.id}`);
    await client.command('POST', '/points/charge', { ...user, body: { amount: 500 } });
    const areas = (quantity: number) => ({ areas: [{ areaId: area?.id, quantity }] });
    const { body } = await place(user, schedule, areas(4 - left));
    await client.command('POST', `/orders/${body.result.id}/pay`, user);
    return { schedule, areas };
  }

  test('in schedules, stock and the board; expired holds are available', async () => {
    const { schedule, areas } = await soldBut(3);
    const holder = await seatlane.client.admitted(`holder ${schedule.id}`);
    await place(holder, schedule, areas(1));
    const late = await seatlane.client.admitted(`late ${schedule.id}`);
    const { body } = await place(late, schedule, areas(1));
    const counts = async () => {
      const path = `/concerts/${schedule.concertId}/schedules/bookable`;
      const answer = await seatlane.client.request('GET', path, looker);
      const [{ availableCount, seatCount }] = answer.body.items;
      const stock = await readStock(seatlane.orm, schedule.concertId);
      return { availableCount, seatCount, ...stock };
    };
    expect(await counts()).toEqual({ availableCount: 1, seatCount: 4, available: 1, held: 2 });
    const board = await readScheduleFigures(seatlane.orm);
    expect(board.find(({ id }) => id === schedule.id)).toMatchObject({
      ...{ available: 1, held: 2, sold: 1, blocked: 0 },
    });
    await endHolds(seatlane.rows, `id = ${body.result.id}`, { holdEnd: PAST, seatEnd: PAST });
    expect(await areasOf(schedule)).toMatchObject([{ available: 2, held: 1, sold: 1 }]);
    expect(await readStock(seatlane.orm, schedule.concertId)).toEqual({ available: 2, held: 1 });
  });

  test('when the sale is sold out: not before the last place is paid', async () => {
    const endSales = () =>
      seatlane.rows(`update schedule set booking_start_at = now() - interval '3 hours',
        booking_end_at = now() - interval '2 hours'`);
    await endSales();
    const isSoldOut = async () => (await readQueueCounters(seatlane.orm))[0]?.isSoldOut;
    await soldBut(1);
    expect(await isSoldOut()).toBe(false);
    await endSales();
    await soldBut(0);
    expect(await isSoldOut()).toBe(true);
  });
});
