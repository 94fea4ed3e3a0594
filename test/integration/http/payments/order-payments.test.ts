/** What the API says about money before and after a payment: the rules of the sale, and the payments and refunds of an order. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OrderPayment } from '../../../../src/commands/schemas/order-payments.ts';
import type { Order, Seat } from '../../../../src/commands/schemas/resources.ts';
import type { AdmittedUser } from '../../../support/http/client.ts';
import { expectProblem } from '../../../support/http/problems.ts';
import { type SandboxedSeatlane, startWithSandbox } from '../../../support/sandbox/with-sandbox.ts';
import type { TestSeatlane } from '../../../support/services/seatlane.ts';
import { waitFor } from '../../../support/wait-for.ts';

const PRICE = 100;
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);

let sandboxed: SandboxedSeatlane;
let seatlane: TestSeatlane;
let seats: Seat[];
let scheduleId: number;
beforeAll(async () => {
  sandboxed = await startWithSandbox({ CANCEL_UNTIL_HOURS: '36', MAX_SEATS_PER_USER: '4' });
  ({ seatlane } = sandboxed);
  const hall = [
    { row: 'A', from: 1, to: 20, price: PRICE },
    { row: 'B', from: 1, to: 2, price: 0 },
  ];
  ({ seats, id: scheduleId } = await seatlane.client.schedule({ seats: hall }));
});
afterAll(() => sandboxed.stop());

const send = (method: string, path: string, user: AdmittedUser, body?: object) =>
  seatlane.client.command(method, path, { ...user, body });
const free = () => seats.shift()?.id as number;

async function held(subject: string, seatIds = [free(), free()]) {
  const user = await seatlane.client.admitted(subject);
  const { body } = await send('POST', '/orders', user, { scheduleId, seatIds });
  return { user, order: body.result as Order };
}

async function paidWithPoints(subject: string, seatIds?: number[]) {
  const { user, order } = await held(subject, seatIds);
  await send('POST', '/points/charge', user, { amount: order.total || 1 });
  await send('POST', `/orders/${order.id}/pay`, user);
  return { user, order };
}

async function paidByCard(subject: string) {
  const { user, order } = await held(subject);
  const returnUrl = 'http://localhost:3000/';
  const { body } = await send('POST', `/orders/${order.id}/checkout`, user, { returnUrl });
  const path = `/checkouts/${body.result.id}`;
  const request = { token: user.token, headers: { Prefer: 'wait=20' } };
  const { body: open } = await seatlane.client.request('GET', path, request);
  await sandboxed.provider.act(open.redirectUrl, 'pay');
  await waitFor('the payment to arrive', async () => {
    const { body: now } = await seatlane.client.request('GET', path, request);
    return now.state === 'paid';
  });
  return { user, order };
}

const paymentsOf = (orderId: number, { token }: { token: string }) =>
  seatlane.client.request('GET', `/orders/${orderId}/payments`, { token });
const itemsOf = async (orderId: number, user: AdmittedUser): Promise<OrderPayment[]> =>
  (await paymentsOf(orderId, user)).body.items;

const PAID = { id: expect.any(Number), kind: 'payment', bookingId: null, createdAt: TIME };
const BACK = { ...PAID, kind: 'refund' };
const POINTS = { method: 'points', currency: null, state: 'done' };
const CARD = { method: 'card', currency: 'KRW', state: 'done' };

test('the rules of the sale are public', async () => {
  const { status, body } = await seatlane.client.request('GET', '/settings');
  expect(status).toBe(200);
  expect(body).toEqual({
    currency: 'KRW',
    hasCards: true,
    isChargingOpen: true,
    holdSeconds: 300,
    cancelUntilHours: 36,
    maxSeatsPerUser: 4,
  });
});

describe('the payments of an order', () => {
  test('are none while it is held, and cannot be seen by other users', async () => {
    const { user, order } = await held('ada');
    expect(await itemsOf(order.id, user)).toEqual([]);
    const mallory = { token: await seatlane.client.tokenFor('mallory') };
    expectProblem(await paymentsOf(order.id, mallory), 404, 'ORDER_NOT_FOUND');
    expectProblem(await paymentsOf(999_999, user), 404, 'ORDER_NOT_FOUND');
  });

  test('with points show each refund, also that of the rest', async () => {
    const { user, order } = await paidWithPoints('bea', [free(), free(), free()]);
    const first = order.bookings[0]?.id;
    await send('DELETE', `/concerts/bookings/${first}`, user);
    await send('DELETE', `/orders/${order.id}`, user);
    expect(await itemsOf(order.id, user)).toEqual([
      { ...PAID, ...POINTS, amount: 3 * PRICE },
      { ...BACK, ...POINTS, amount: PRICE, bookingId: first },
      { ...BACK, ...POINTS, amount: 2 * PRICE },
    ]);
  });

  test('by card show the currency, and refunds to the card with their state', async () => {
    const { user, order } = await paidByCard('cleo');
    const first = order.bookings[0]?.id;
    await send('DELETE', `/concerts/bookings/${first}`, user);
    const isDone = async () => (await itemsOf(order.id, user)).at(-1)?.state === 'done';
    await waitFor('the provider to accept the refund', isDone);
    expect(await itemsOf(order.id, user)).toEqual([
      { ...PAID, ...CARD, amount: 2 * PRICE },
      { ...BACK, ...CARD, amount: PRICE, bookingId: first },
    ]);
    await seatlane.rows(`update card_refund set state = 'failed', ended_at = null`);
    expect((await itemsOf(order.id, user)).at(-1)).toMatchObject({ state: 'failed' });
    await seatlane.rows(`update card_refund set state = 'done', ended_at = now()`);
  });

  test('of places that cost nothing are of nothing', async () => {
    const freeOfCharge = seats.filter(({ price }) => price === 0).map(({ id }) => id);
    const { user, order } = await paidWithPoints('dora', freeOfCharge);
    expect(await itemsOf(order.id, user)).toEqual([{ ...PAID, ...POINTS, amount: 0 }]);
  });
});
