/** Operators list refunds to cards over the API, and deal with those that failed. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Order } from '../../../../src/commands/schemas/resources.ts';
import type { AdmittedUser } from '../../../support/http/client.ts';
import { expectProblem } from '../../../support/http/problems.ts';
import { addFailedRefund } from '../../../support/money/failed-refund.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';

let seatlane: TestSeatlane;
let token: string;
let user: AdmittedUser;
let order: Order;
beforeAll(async () => {
  seatlane = await startSeatlane();
  token = await seatlane.client.tokenFor('operator', 'admin');
  const { id: scheduleId, seats } = await seatlane.client.schedule();
  user = await seatlane.client.admitted('ada');
  const body = { scheduleId, seatIds: [seats[0]?.id] };
  order = (await seatlane.client.command('POST', '/orders', { ...user, body })).body.result;
});
afterAll(() => seatlane.stop());

interface Added {
  id: number;
  checkoutId: number;
}
let refund: Added;
beforeEach(async () => {
  refund = await addFailedRefund(seatlane.rows, { orderId: order.id, amount: 300 });
});

const send = (path: string, body?: object, by: { token: string } = { token }) =>
  seatlane.client.command('POST', path, { ...by, body });
const list = (query = '', by: { token: string } = { token }) =>
  seatlane.client.request('GET', `/refunds${query}`, by);
const end = (as: string, by?: { token: string }) =>
  send(`/refunds/${refund.id}/end`, { as, reason: 'The card is closed' }, by);
const balance = async () => (await seatlane.client.request('GET', '/points', user)).body.balance;

describe('the list of refunds', () => {
  test('shows the user, the payment at the provider and its words', async () => {
    const { status, body } = await list('?state=failed&limit=1');
    expect(status).toBe(200);
    expect(body.items).toEqual([
      {
        ...{ id: refund.id, checkoutId: refund.checkoutId, orderId: order.id },
        ...{ amount: 300, currency: 'KRW', state: 'failed', attempt: 1, failure: 'CARD_CLOSED' },
        ...{ createdAt: expect.any(String), endedAt: null },
        ...{ subject: 'ada', provider: 'sandbox', paymentRef: expect.stringMatching(/^chk_/) },
      },
    ]);
  });

  test('has pages, newest first, of all refunds or of those in a state', async () => {
    await end('points');
    const { id: newer } = await addFailedRefund(seatlane.rows, { orderId: order.id, amount: 1 });
    const all = (await list('?limit=100')).body.items.map(({ id }: Added) => id);
    expect(all.slice(0, 2)).toEqual([newer, refund.id]);
    const first = (await list('?limit=1')).body;
    const second = (await list(`?limit=1&cursor=${first.nextCursor}`)).body;
    expect([first.items[0].id, second.items[0].id]).toEqual([newer, refund.id]);
    const failed = (await list('?state=failed')).body.items.map(({ id }: Added) => id);
    expect([failed.includes(newer), failed.includes(refund.id)]).toEqual([true, false]);
    expect((await list('?state=credited&limit=1')).body.items[0].id).toBe(refund.id);
  });

  test('is for operators, who ask for a state that there is', async () => {
    expectProblem(await list('', user), 403, 'FORBIDDEN');
    expectProblem(await list('?state=lost'), 400, 'VALIDATION_FAILED');
    expectProblem(await list('?cursor=no'), 400, 'VALIDATION_FAILED');
  });
});

describe('an operator', () => {
  test('has the provider asked again, once', async () => {
    const { status, body } = await send(`/refunds/${refund.id}/retry`);
    expect([status, body.command]).toEqual([200, 'retry-refund']);
    expect(body.result).toMatchObject({ id: refund.id, state: 'pending', attempt: 2 });
    const [call] = await seatlane.rows<{ kind: string }>(
      `select kind from outbox_call where refund_id = ${refund.id}`,
    );
    expect(call?.kind).toBe('refund');
    expectProblem(await send(`/refunds/${refund.id}/retry`), 409, 'REFUND_NOT_FAILED');
  });

  test('gives the amount in points, once', async () => {
    const before = await balance();
    const { status, body } = await end('points');
    expect([status, body.command]).toEqual([200, 'end-refund']);
    expect(body.result).toMatchObject({ id: refund.id, state: 'credited' });
    expect(await balance()).toBe(before + 300);
    expectProblem(await end('elsewhere'), 409, 'REFUND_NOT_FAILED');
    expect(await balance()).toBe(before + 300);
  });

  test('is told which refunds there are not, and which ends', async () => {
    expectProblem(await send('/refunds/999999/retry'), 404, 'REFUND_NOT_FOUND');
    const body = { as: 'points', reason: 'The card is closed' };
    expectProblem(await send('/refunds/999999/end', body), 404, 'REFUND_NOT_FOUND');
    expectProblem(await end('cash'), 400, 'VALIDATION_FAILED');
    const without = send(`/refunds/${refund.id}/end`, { as: 'points' });
    expectProblem(await without, 400, 'VALIDATION_FAILED');
  });
});

test('a user can neither retry nor end a refund', async () => {
  expectProblem(await send(`/refunds/${refund.id}/retry`, undefined, user), 403, 'FORBIDDEN');
  expectProblem(await end('points', user), 403, 'FORBIDDEN');
});
