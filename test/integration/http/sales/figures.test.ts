/** The sales of a performance: counts and money fit what was ordered, and the groups and steps add up to the whole. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Area, Order, Schedule, Seat } from '../../../../src/commands/schemas/resources.ts';
import { SMALL_PLAN } from '../../../support/halls/hall-plans.ts';
import { type AdmittedUser, scheduleBody } from '../../../support/http/client.ts';
import { expectProblem } from '../../../support/http/problems.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';

let seatlane: TestSeatlane;
let token: string;
let ada: AdmittedUser;
beforeAll(async () => {
  seatlane = await startSeatlane();
  token = await seatlane.client.tokenFor('operator', 'admin');
  ada = await seatlane.client.admitted('ada');
  await send('POST', '/points/charge', { amount: 100_000 });
});
afterAll(() => seatlane.stop());

const send = (method: string, path: string, body?: object, by: { token: string } = ada) =>
  seatlane.client.command(method, path, { ...by, body });
const read = async (path: string) => {
  const { status, body } = await seatlane.client.request('GET', path, { token });
  expect(status).toBe(200);
  return body;
};
const sales = (scheduleId: number, rest = '') =>
  read(`/concerts/schedules/${scheduleId}/sales${rest}`);

const HALL = {
  seats: [
    { section: 'Stalls', row: 'A', from: 1, to: 4, price: 300 },
    { section: 'Balcony', row: 'A', from: 1, to: 3, price: 200 },
    { from: 1, to: 1, price: 200 },
  ],
  areas: [{ name: 'Stalls', capacity: 5, price: 200 }],
};

async function aHall(places: object = HALL): Promise<Schedule & { seats: Seat[]; areas: Area[] }> {
  const schedule = await seatlane.client.schedule({ ...scheduleBody(), ...places });
  const { items } = await read(`/concerts/schedules/${schedule.id}/areas`);
  return { ...schedule, areas: items };
}

/** One order of two seats in the stalls (paid, one refunded), one of a seat and two standing places (paid), one that is held. */
async function aSale() {
  const hall = await aHall();
  const seatAt = (index: number) => hall.seats[index]?.id as number;
  const order = async (body: object): Promise<Order> =>
    (await send('POST', '/orders', { scheduleId: hall.id, ...body })).body.result;
  const pay = async ({ id }: Order) =>
    expect((await send('POST', `/orders/${id}/pay`)).status).toBe(200);
  const first = await order({ seatIds: [seatAt(0), seatAt(1)] });
  const second = await order({
    seatIds: [seatAt(4)],
    areas: [{ areaId: hall.areas[0]?.id, quantity: 2 }],
  });
  await order({ seatIds: [seatAt(7)] });
  await pay(first);
  await pay(second);
  const refunded = `/concerts/bookings/${first.bookings[0]?.id}`;
  expect((await send('DELETE', refunded)).status).toBe(200);
  const blocked = { seatIds: [seatAt(3)], reason: 'Camera' };
  await send('POST', '/concerts/seats/block', blocked, { token });
  return { hall, first, second };
}

/** A performance in a hall with two categories of one price: two seats are of the second, and so is its area. */
async function aSaleByCategory() {
  const plan = { name: 'Opera House', plan: SMALL_PLAN };
  const made = await send('POST', '/halls', plan, { token });
  const reference = { hallId: made.body.result.id, version: 1, prices: { Best: 90, Cheap: 90 } };
  const hall = await aHall({ seats: undefined, hall: reference });
  const user = await seatlane.client.admitted('grace');
  await send('POST', '/points/charge', { amount: 1000 }, user);
  const seatIds = [hall.seats[2]?.id, hall.seats[10]?.id];
  const areas = [{ areaId: hall.areas[0]?.id, quantity: 2 }];
  const body = { scheduleId: hall.id, seatIds, areas };
  const { id, bookings }: Order = (await send('POST', '/orders', body, user)).body.result;
  expect((await send('POST', `/orders/${id}/pay`, undefined, user)).status).toBe(200);
  const standing = bookings.find(({ areaId }) => areaId !== null);
  await send('DELETE', `/concerts/bookings/${standing?.id}`, undefined, user);
  return hall;
}

const NONE = { available: 0, held: 0, sold: 0, blocked: 0, revenue: 0, refunded: 0 };

describe('the sales of a performance', () => {
  test('count each place once, and the money before and of refunds', async () => {
    const { hall } = await aSale();
    expect(await sales(hall.id)).toEqual({
      scheduleId: hall.id,
      concertId: hall.concertId,
      concertTitle: 'The Winter Gala',
      startAt: hall.startAt,
      cancelledAt: null,
      cancelReason: null,
      seats: { available: 4, held: 1, sold: 2, blocked: 1 },
      areas: [{ ...hall.areas[0], available: 3, held: 0, sold: 2 }],
      orders: 2,
      revenue: 1200,
      refunded: 300,
      entered: 0,
    });
  });

  test('are grouped by section, with each area as one of its own', async () => {
    const { hall } = await aSale();
    const { items } = await sales(hall.id, '/groups');
    const group = { ...NONE, areaId: null, price: null };
    expect(items).toEqual([
      { ...group, name: 'Stalls', available: 2, sold: 1, blocked: 1, revenue: 600, refunded: 300 },
      { ...group, name: 'Balcony', available: 2, sold: 1, revenue: 200 },
      { ...group, name: null, held: 1 },
      { ...group, name: 'Stalls', areaId: hall.areas[0]?.id, available: 3, sold: 2, revenue: 400 },
    ]);
  });

  test('are grouped by price', async () => {
    const { hall } = await aSale();
    const { items } = await sales(hall.id, '/groups?by=category');
    const group = { ...NONE, areaId: null, name: null };
    expect(items).toEqual([
      { ...group, price: 300, available: 2, sold: 1, blocked: 1, revenue: 600, refunded: 300 },
      { ...group, price: 200, available: 5, held: 1, sold: 3, revenue: 600 },
    ]);
  });

  test('are grouped by the categories of the hall, with their areas, also if these cost the same', async () => {
    const hall = await aSaleByCategory();
    const { items } = await sales(hall.id, '/groups?by=category');
    const group = { ...NONE, areaId: null, price: 90 };
    expect(items).toEqual([
      { ...group, name: 'Best', available: 9, sold: 1, revenue: 90 },
      { ...group, name: 'Cheap', available: 50, sold: 2, revenue: 270, refunded: 90 },
    ]);
  });

  test.each([
    ['without a hall', async () => (await aSale()).hall],
    ['in a hall with categories', aSaleByCategory],
  ])('%s add up to the same money in groups, in steps and in the payments', async (_, sold) => {
    const hall = await sold();
    const whole = await sales(hall.id);
    const money = { revenue: whole.revenue, refunded: whole.refunded };
    for (const part of ['/groups', '/groups?by=category', '/series?step=hour', '/series']) {
      const { items } = await sales(hall.id, part);
      const sum = (name: string) =>
        items.reduce((all: number, each: Record<string, number>) => all + (each[name] ?? 0), 0);
      expect({ part, revenue: sum('revenue'), refunded: sum('refunded') }).toEqual({
        part,
        ...money,
      });
    }
    const [paid] = await seatlane.rows<object>(
      `select sum(price) filter (where kind = 'payment')::int as revenue,
         sum(price) filter (where kind = 'refund')::int as refunded
       from payment join app_order on app_order.id = order_id where schedule_id = ${hall.id}`,
    );
    expect(paid).toEqual(money);
  });

  test('have a step for each day from the first sale on, also for days without sales', async () => {
    const { hall, first, second } = await aSale();
    await seatlane.rows(
      `update app_order set paid_at = paid_at - interval '2 days' where id = ${second.id}`,
    );
    const { items } = await sales(hall.id, '/series?step=day');
    const none = { sold: 0, revenue: 0, returned: 0, refunded: 0 };
    expect(items).toEqual([
      { from: expect.any(String), ...none, sold: 3, revenue: 600 },
      { from: expect.any(String), ...none },
      { from: expect.any(String), sold: 2, revenue: 600, returned: 1, refunded: 300 },
    ]);
    expect(items.map(({ from }: { from: string }) => from.slice(10))).toEqual(
      items.map(() => 'T00:00:00.000Z'),
    );
    await seatlane.rows(
      `update app_order set paid_at = paid_at - interval '3 years' where id = ${first.id}`,
    );
    expect((await sales(hall.id, '/series?step=hour')).items).toHaveLength(400);
    await seatlane.rows(
      `update app_order set paid_at = paid_at + case id when ${first.id} then interval '3 years' else interval '2 days' end
       where id in (${first.id}, ${second.id})`,
    );
  });

  test('count an order that was refunded whole as paid and refunded', async () => {
    const { hall, second } = await aSale();
    await send('DELETE', `/orders/${second.id}`);
    expect(await sales(hall.id)).toMatchObject({ orders: 2, revenue: 1200, refunded: 900 });
  });

  test('are empty before the first sale', async () => {
    const hall = await aHall();
    expect(await sales(hall.id)).toMatchObject({ orders: 0, revenue: 0, refunded: 0 });
    expect(await sales(hall.id, '/series')).toEqual({ timeZone: 'UTC', items: [] });
  });

  test('say that the performance is cancelled, and why', async () => {
    const hall = await aHall();
    const body = { reason: 'The singer is ill' };
    await send('POST', `/concerts/schedules/${hall.id}/cancel`, body, { token });
    expect(await sales(hall.id)).toMatchObject({
      cancelledAt: expect.stringMatching(/Z$/),
      cancelReason: 'The singer is ill',
    });
  });

  test.each(['', '/groups', '/series'])(
    'of a schedule that does not exist are a 404 (%s)',
    async (rest) => {
      const path = `/concerts/schedules/999999/sales${rest}`;
      const answer = await seatlane.client.request('GET', path, { token });
      expectProblem(answer, 404, 'SCHEDULE_NOT_FOUND');
    },
  );

  test.each(['/groups?by=row', '/series?step=year', '?by=section'])(
    'refuse the query %s',
    async (rest) => {
      const path = `/concerts/schedules/1/sales${rest}`;
      const answer = await seatlane.client.request('GET', path, { token });
      expectProblem(answer, 400, 'VALIDATION_FAILED');
    },
  );
});
