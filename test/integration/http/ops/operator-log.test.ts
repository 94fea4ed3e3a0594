/** Operators cancel the orders of users, and each of their commands has a line in the log. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OPERATORS_COMMANDS } from '../../../../scripts/audit/operator-checks.ts';
import type { Order } from '../../../../src/commands/schemas/resources.ts';
import { handlers } from '../../../../workers/handlers/index.ts';
import { effects } from '../../../support/effects.ts';
import { type AdmittedUser, inHours } from '../../../support/http/client.ts';
import { readOperations } from '../../../support/http/operations.ts';
import { expectProblem } from '../../../support/http/problems.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';

let seatlane: TestSeatlane;
let token: string;
beforeAll(async () => {
  seatlane = await startSeatlane();
  token = await seatlane.client.tokenFor('operator', 'admin');
});
afterAll(() => seatlane.stop());

const reason = 'The buyer is ill';
const send = (method: string, path: string, user: { token: string }, body?: object) =>
  seatlane.client.command(method, path, { ...user, body });
const asOperator = (orderId: number, body: object = { reason }) =>
  send('DELETE', `/orders/${orderId}`, { token }, body);
const log = async (query = '') => {
  const { status, body } = await seatlane.client.request('GET', `/admin/log${query}`, { token });
  expect(status).toBe(200);
  return body;
};
const balanceOf = async (user: AdmittedUser) =>
  (await seatlane.client.request('GET', '/points', user)).body.balance;

/** An order of two seats, of a performance that can no longer be cancelled by its buyers. */
async function anOrder(subject: string, { points = 0 } = {}) {
  const { client } = seatlane;
  const times = { bookingEndAt: inHours(2), startAt: inHours(3), endAt: inHours(5) };
  const { id: scheduleId, seats } = await client.schedule(times);
  const user = await client.admitted(subject);
  const seatIds = seats.slice(0, 2).map(({ id }) => id);
  const placed = await send('POST', '/orders', user, { scheduleId, seatIds });
  const order = placed.body.result as Order;
  if (points > 0) {
    await send('POST', '/points/charge', user, { amount: points });
    expect((await send('POST', `/orders/${order.id}/pay`, user)).status).toBe(200);
  }
  return { user, order };
}

describe('an operator who gives a reason', () => {
  test('refunds a paid order of a user after the deadline, to that user', async () => {
    const { user, order } = await anOrder('ada', { points: 1000 });
    const paidWith = 1000 - order.total;
    expect(await balanceOf(user)).toBe(paidWith);
    expect((await send('DELETE', `/orders/${order.id}`, user)).body.code).toBe(
      'CANCELLATION_CLOSED',
    );
    const { status, body } = await asOperator(order.id);
    expect([status, body.command]).toEqual([200, 'cancel-order-as-operator']);
    expect(body.result).toMatchObject({ id: order.id, state: 'refunded' });
    expect(await balanceOf(user)).toBe(1000);
    const history = await seatlane.client.request('GET', '/points/history?kind=refund', user);
    expect(history.body.items).toMatchObject([{ amount: order.total, balance: 1000 }]);
    const [line] = (await log('?limit=1')).items;
    expect(line).toEqual({
      id: expect.any(Number),
      subject: 'operator',
      command: 'cancel-order-as-operator',
      jobId: body.id,
      reason,
      before: expect.objectContaining({ id: order.id, state: 'paid' }),
      after: body.result,
      createdAt: body.finishedAt,
    });
    expect((await asOperator(order.id)).body.code).toBe('ORDER_CANCELLED');
  });

  test('releases a hold of a user, whose points stay as they are', async () => {
    const { user, order } = await anOrder('bea');
    expect((await asOperator(order.id)).body.result).toMatchObject({ state: 'cancelled' });
    expect(await balanceOf(user)).toBe(0);
    const mine = await seatlane.client.request('GET', `/orders/${order.id}`, user);
    expect(mine.body).toMatchObject({ state: 'cancelled' });
  });

  test('refunds an order once, however often and from wherever it is asked for', async () => {
    const { user, order } = await anOrder('cleo', { points: 1000 });
    const answers = await Promise.all(Array.from({ length: 10 }, () => asOperator(order.id)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await balanceOf(user)).toBe(1000);
  });
});

describe('is refused and changes nothing:', () => {
  test.each([[{ reason: '' }], [{ reason: 7 }], [{ reason, orderId: 1 }]])(
    'the body %j',
    async (body) => {
      const { order } = await anOrder(`dora ${JSON.stringify(body)}`);
      const before = await effects(seatlane.rows);
      expectProblem(await asOperator(order.id, body), 400, 'VALIDATION_FAILED');
      expect(await effects(seatlane.rows)).toEqual(before);
    },
  );

  test('a reason given by a user who is no operator, also for their own order', async () => {
    const { user, order } = await anOrder('emma');
    const answer = await send('DELETE', `/orders/${order.id}`, user, { reason });
    expectProblem(answer, 403, 'FORBIDDEN');
    const mine = await seatlane.client.request('GET', `/orders/${order.id}`, user);
    expect(mine.body).toMatchObject({ state: 'held' });
  });

  test('an operator without a reason, for the order of somebody else', async () => {
    const { order } = await anOrder('fay');
    expectProblem(await asOperator(order.id, {}), 403, 'NOT_ORDER_OWNER');
  });

  test('an order that does not exist', async () => {
    expectProblem(await asOperator(999_999), 404, 'ORDER_NOT_FOUND');
  });
});

describe('the log', () => {
  test('says how a setting was before and is after', async () => {
    const change = (maxActive: number) =>
      send('POST', '/admin/admission', { token }, { maxActive, isPaused: false });
    await change(4000);
    await change(5000);
    const [line] = (await log('?limit=1')).items;
    expect(line).toMatchObject({
      command: 'set-admission',
      reason: null,
      before: { queueId: 1, maxActive: 4000 },
      after: { queueId: 1, maxActive: 5000 },
    });
  });

  test('has no line for a command that was refused', async () => {
    const [before] = (await log('?limit=1')).items;
    await asOperator(999_999);
    expect((await log('?limit=1')).items).toEqual([before]);
  });

  test('is read in pages, newest first, by operators only', async () => {
    const first = await log('?limit=2');
    const second = await log(`?limit=2&cursor=${first.nextCursor}`);
    const ids = [...first.items, ...second.items].map(({ id }: { id: number }) => id);
    expect(ids).toHaveLength(4);
    expect(ids).toEqual(ids.toSorted((one, other) => other - one));
    const user = await seatlane.client.admitted('ada');
    expectProblem(await seatlane.client.request('GET', '/admin/log', user), 403, 'FORBIDDEN');
  });

  test('has a line for each command whose route is for operators', async () => {
    const { operations } = await readOperations(seatlane.client);
    const toName = (id: string) => id.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const named = operations
      .filter(({ isCommand, isAdmin }) => isCommand && isAdmin)
      .map(({ id }) => toName(id));
    /** Routes of users accept them from operators. */
    const others = ['cancel-order-as-operator', 'charge-points-as-operator'];
    // A scan is a command of gates, and its row of check_in says who scanned.
    const expected = [...named, ...others].filter(
      (name) => name !== 'check-in' && name !== 'set-queue-admission',
    );
    const logged = Object.entries(handlers).flatMap(([name, handler]) =>
      handler.isOperators ? name : [],
    );
    expect(logged.toSorted()).toEqual(expected.toSorted());
    expect([...OPERATORS_COMMANDS]).toEqual(logged.toSorted());
  });
});
