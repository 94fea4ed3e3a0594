/** Which requests the methods for orders send: `pay` and `cancel` take an order, or the id of a booking. */
import { beforeEach, expect, expectTypeOf, test } from 'vitest';
import {
  type Booking,
  type Order,
  type PaidOrder,
  type Payment,
  Refusal,
  Seatlane,
  Unreachable,
} from '../../../src/client/index.ts';
import { thrownBy } from '../../support/thrown-by.ts';

const order: Order = {
  id: 5,
  state: 'held',
  concertId: 1,
  scheduleId: 2,
  queueId: 1,
  total: 200,
  holdExpiresAt: '2026-11-21T02:25:08.316Z',
  bookings: [],
  createdAt: '2026-11-21T02:20:08.316Z',
  paidAt: null,
};

let sent: { request: string; body: unknown; queueToken: string | null }[];
/** The response to the next request. */
let answer: { status: number; body: object };
let seatlane: Seatlane;

beforeEach(() => {
  sent = [];
  answer = { status: 200, body: { id: 'user-1_x', state: 'succeeded', result: { made: true } } };
  seatlane = new Seatlane({
    baseUrl: 'http://api.example',
    token: 'access',
    queueToken: 'queue',
    async fetch(url, { method, body, headers }) {
      sent.push({
        request: `${method} ${url.slice('http://api.example'.length)}`,
        body: body ? JSON.parse(String(body)) : undefined,
        queueToken: new Headers(headers).get('queue-token'),
      });
      return Response.json(answer.body, { status: answer.status });
    },
  });
});

const requests = () => sent.map(({ request }) => request);

test('an order is placed with its places, with the queue token', async () => {
  const places = { scheduleId: 2, seatIds: [7, 8] };
  expect(await seatlane.order(places)).toEqual({ made: true });
  await seatlane.order({ scheduleId: 2, bestAvailable: { quantity: 3, maxPrice: 90 } });
  expect(sent).toEqual([
    { request: 'POST /orders', body: places, queueToken: 'queue' },
    {
      request: 'POST /orders',
      body: { scheduleId: 2, bestAvailable: { quantity: 3, maxPrice: 90 } },
      queueToken: 'queue',
    },
  ]);
});

test('an order is paid and cancelled as an order, a number as a booking', async () => {
  await seatlane.pay(order);
  await seatlane.pay(5);
  await seatlane.cancel(order);
  await seatlane.cancel(5);
  expect(requests()).toEqual([
    'POST /orders/5/pay',
    'POST /concerts/bookings/5/pay',
    'DELETE /orders/5',
    'DELETE /concerts/bookings/5',
  ]);
});

test('the types follow what is paid or cancelled, and a booking does not pass as an order', () => {
  const booking = {} as Booking;
  // Never called.
  const calls = () => ({
    paidOrder: seatlane.pay(order),
    payment: seatlane.pay(5),
    order: seatlane.cancel(order),
    booking: seatlane.cancel(5),
    // @ts-expect-error a booking is named by its id
    wrong: seatlane.pay(booking),
  });
  type Calls = ReturnType<typeof calls>;
  expectTypeOf<Calls['paidOrder']>().toEqualTypeOf<Promise<PaidOrder>>();
  expectTypeOf<Calls['payment']>().toEqualTypeOf<Promise<Payment>>();
  expectTypeOf<Calls['order']>().toEqualTypeOf<Promise<Order>>();
  expectTypeOf<Calls['booking']>().toEqualTypeOf<Promise<Booking>>();
});

test('orders are listed with their filters, page by page, and read by id', async () => {
  answer.body = { items: [order], nextCursor: null };
  const from = new Date('2026-11-21T00:00:00Z');
  await seatlane.orders({ state: 'partly-refunded', from, limit: 5 });
  for await (const each of seatlane.eachOrder()) expect(each).toEqual(order);
  answer.body = order;
  expect(await seatlane.orderById(5)).toEqual(order);
  expect(requests()).toEqual([
    'GET /orders?state=partly-refunded&limit=5&from=2026-11-21T00%3A00%3A00.000Z',
    'GET /orders',
    'GET /orders/5',
  ]);
});

test('a refusal names the order to pay, or the points that are missing', async () => {
  const about = { orderId: 5, missing: 30 };
  const problem = { type: 't', title: 't', status: 409, detail: 'd', jobId: 'user-1_x', ...about };
  answer = { status: 409, body: { ...problem, code: 'BOOKING_IN_ORDER' } };
  const error = await seatlane.pay(9).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(Refusal);
  expect((error as Refusal).is('BOOKING_IN_ORDER')).toBe(true);
  expect((error as Refusal).problem).toMatchObject(about);
});

test('a command whose job cannot be watched any more leaves its key', async () => {
  const keys: (string | null)[] = [];
  const watching = new Seatlane({
    baseUrl: 'http://api.example',
    token: 'access',
    retries: 0,
    useEvents: true,
    async fetch(url, { headers }) {
      keys.push(new Headers(headers).get('idempotency-key'));
      if (url.endsWith('/events')) throw new Error('reset');
      return Response.json({ id: 'user-1_x', state: 'queued' }, { status: 202 });
    },
  });
  const error = await thrownBy(watching.charge(100));
  expect(error).toBeInstanceOf(Unreachable);
  expect(error).toMatchObject({ idempotencyKey: keys[0] });
});
