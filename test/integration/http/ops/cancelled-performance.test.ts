/** Operators cancel a performance over the API, and watch how its orders are refunded. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Order } from '../../../../src/commands/schemas/resources.ts';
import type { AdmittedUser } from '../../../support/http/client.ts';
import { expectProblem } from '../../../support/http/problems.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';
import { waitFor } from '../../../support/wait-for.ts';

let seatlane: TestSeatlane;
let token: string;
beforeAll(async () => {
  seatlane = await startSeatlane();
  token = await seatlane.client.tokenFor('operator', 'admin');
});
afterAll(() => seatlane.stop());

const reason = 'The singer is ill';
const send = (method: string, path: string, user: { token: string }, body?: object) =>
  seatlane.client.command(method, path, { ...user, body });
const read = (path: string, user: { token: string } = { token }) =>
  seatlane.client.request('GET', path, user);
const cancel = (scheduleId: number, body: object = { reason }) =>
  send('POST', `/concerts/schedules/${scheduleId}/cancel`, { token }, body);

async function buyerOf(scheduleId: number, seatId: number, subject: string) {
  const user = await seatlane.client.admitted(subject);
  const placed = await send('POST', '/orders', user, { scheduleId, seatIds: [seatId] });
  return { user, order: placed.body.result as Order };
}

async function pay({ user, order }: { user: AdmittedUser; order: Order }) {
  await send('POST', '/points/charge', user, { amount: 1000 });
  return send('POST', `/orders/${order.id}/pay`, user);
}

test('a cancelled performance sells nothing more, and everybody has their points again', async () => {
  const { id: scheduleId, concertId, seats } = await seatlane.client.schedule();
  const [first, second, third] = seats.map(({ id }) => id) as [number, number, number];
  const paid = await buyerOf(scheduleId, first, 'ada');
  expect((await pay(paid)).status).toBe(200);
  const held = await buyerOf(scheduleId, second, 'bea');

  const { status, body } = await cancel(scheduleId);
  expect([status, body.command]).toEqual([200, 'cancel-schedule']);
  expect(body.result).toMatchObject({ id: scheduleId, concertId, state: 'cancelled' });
  expectProblem(await cancel(scheduleId), 409, 'SCHEDULE_CANCELLED');

  const late = await seatlane.client.admitted('cem');
  const order = { scheduleId, seatIds: [third] };
  expectProblem(await send('POST', '/orders', late, order), 409, 'SCHEDULE_CANCELLED');
  const best = { scheduleId, bestAvailable: { quantity: 2 } };
  expectProblem(await send('POST', '/orders', late, best), 409, 'SCHEDULE_CANCELLED');
  const seat = `/concerts/seats/${third}/book`;
  expectProblem(await send('POST', seat, late), 409, 'SCHEDULE_CANCELLED');
  expectProblem(await send('POST', '/concerts/bookings', late, best), 409, 'SCHEDULE_CANCELLED');
  expectProblem(await pay(held), 409, 'SCHEDULE_CANCELLED');

  const path = `/concerts/schedules/${scheduleId}/cancellation`;
  await waitFor('all orders have ended', async () => {
    const { pending, holds } = (await read(path)).body;
    return pending + holds === 0;
  });
  await waitFor('the cancellation is finished', async () => (await read(path)).body.isFinished);
  expect((await read(path)).body).toEqual({
    ...{ orders: 1, refunded: 1, pending: 0, failed: 0, holds: 0 },
    ...{ isFinished: true, failures: [] },
  });
  expect((await read('/points', paid.user)).body).toEqual({ balance: 1000 });
  expect((await read(`/orders/${held.order.id}`, held.user)).body.state).toBe('cancelled');

  const listed = (await read(`/concerts/${concertId}/schedules`)).body.items;
  expect(listed).toMatchObject([{ id: scheduleId, state: 'cancelled', saleState: 'ended' }]);
  const bookable = await read(`/concerts/${concertId}/schedules/bookable`, late);
  expect(bookable.body.items).toEqual([]);
  const [line] = (await read('/admin/log?limit=1')).body.items;
  expect(line).toMatchObject({
    ...{ command: 'cancel-schedule', subject: 'operator', reason, after: body.result },
    before: { id: scheduleId, state: 'scheduled' },
  });
});

test('a refund that failed is listed by a later pass, and succeeds once an operator asks for it', async () => {
  const { id: scheduleId, seats } = await seatlane.client.schedule();
  const paid = await buyerOf(scheduleId, seats[0]?.id as number, 'dora');
  await pay(paid);
  await seatlane.rows(`create or replace function refuse_refund() returns trigger language plpgsql
    as $$ begin raise exception 'broken by a test'; end $$`);
  await seatlane.rows(`create trigger broken before insert on payment for each row
    when (new.order_id = ${paid.order.id}) execute function refuse_refund()`);
  await cancel(scheduleId);
  const path = `/concerts/schedules/${scheduleId}/cancellation`;
  await waitFor('the refund has failed', async () => {
    await seatlane.rows(
      `update cancellation set next_at = now() where schedule_id = ${scheduleId}`,
    );
    return (await read(path)).body.failed === 1;
  });
  expect((await read(path)).body).toMatchObject({
    ...{ orders: 1, refunded: 0, pending: 0, failed: 1 },
    failures: [{ orderId: paid.order.id, failedAt: expect.any(String) }],
  });
  await seatlane.rows(`drop trigger broken on payment`);
  await send('POST', `${path}/retry`, { token });
  await waitFor('the refund has succeeded', async () => (await read(path)).body.refunded === 1);
  expect((await read(path)).body).toMatchObject({ failed: 0, failures: [] });
  expect((await read('/points', paid.user)).body).toEqual({ balance: 1000 });
});

describe('is refused and changes nothing:', () => {
  test.each([[{}], [{ reason: '' }], [{ reason: 7 }], [{ reason, scheduleId: 1 }]])(
    'the body %j',
    async (body) => {
      const { id } = await seatlane.client.schedule();
      expectProblem(await cancel(id, body), 400, 'VALIDATION_FAILED');
      const cancelled = `select from schedule where id = ${id} and cancelled_at is not null`;
      expect(await seatlane.rows(cancelled)).toEqual([]);
    },
  );

  test('a user who is no operator', async () => {
    const { id } = await seatlane.client.schedule();
    const user = await seatlane.client.admitted('emma');
    const path = `/concerts/schedules/${id}/cancel`;
    expectProblem(await send('POST', path, user, { reason }), 403, 'FORBIDDEN');
    expectProblem(await read(`${path}lation`, user), 403, 'FORBIDDEN');
  });

  test('a schedule that does not exist, and a performance that is not cancelled', async () => {
    const path = (id: number) => `/concerts/schedules/${id}/cancellation`;
    expectProblem(await cancel(999_999), 404, 'SCHEDULE_NOT_FOUND');
    expectProblem(await read(path(999_999)), 404, 'SCHEDULE_NOT_FOUND');
    const { id } = await seatlane.client.schedule();
    expectProblem(await read(path(id)), 404, 'CANCELLATION_NOT_FOUND');
    const retry = await send('POST', `${path(id)}/retry`, { token });
    expectProblem(retry, 404, 'CANCELLATION_NOT_FOUND');
  });
});
