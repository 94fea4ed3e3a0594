/** Operators see calls to payment providers without an answer, and have them made now. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AdmittedUser } from '../../../support/http/client.ts';
import { expectProblem } from '../../../support/http/problems.ts';
import { addFailedRefund } from '../../../support/money/failed-refund.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';

let seatlane: TestSeatlane;
let token: string;
let user: AdmittedUser;
let orderId: number;
beforeAll(async () => {
  seatlane = await startSeatlane();
  token = await seatlane.client.tokenFor('operator', 'admin');
  user = await seatlane.client.admitted('ada');
  const { id: scheduleId, seats } = await seatlane.client.schedule();
  const body = { scheduleId, seatIds: [seats[0]?.id] };
  orderId = (await seatlane.client.command('POST', '/orders', { ...user, body })).body.result.id;
});
afterAll(() => seatlane.stop());

let call: { id: number; checkoutId: number; refundId: number };
/** A call whose offers brought no answer; the next one is a quarter of an hour away. */
async function aCall(offers: number): Promise<typeof call> {
  const { id: refundId, checkoutId } = await addFailedRefund(seatlane.rows, { orderId, amount: 5 });
  await seatlane.rows(
    `update card_refund set state = 'pending', failure = null where id = ${refundId}`,
  );
  const [row] = await seatlane.rows<{ id: number }>(
    `insert into outbox_call (kind, checkout_id, refund_id, next_at, offers, created_at)
     values ('refund', ${checkoutId}, ${refundId}, now() + interval '15 min', ${offers}, now() - interval '6 h') returning id::int`,
  );
  return { id: row?.id ?? 0, checkoutId, refundId };
}
beforeEach(async () => {
  call = await aCall(10);
});

const list = async (query = '') => {
  const { status, body } = await seatlane.client.request('GET', `/admin/outbox${query}`, { token });
  expect(status).toBe(200);
  return body;
};
const retry = (id: number) =>
  seatlane.client.command('POST', `/admin/outbox/${id}/retry`, { token });

describe('the list of owed calls', () => {
  test('says what a call is for, and how often it was offered', async () => {
    expect((await list('?state=dead&limit=1')).items).toEqual([
      {
        ...{ id: call.id, kind: 'refund', checkoutId: call.checkoutId, orderId },
        ...{ refundId: call.refundId, offers: 10, isDead: true },
        ...{ nextAt: expect.stringMatching(/Z$/), createdAt: expect.stringMatching(/Z$/) },
      },
    ]);
  });

  test('has pages, newest first, of all calls or of the dead ones', async () => {
    const { id: living } = await aCall(9);
    const all = await list('?limit=2');
    expect(all.items.map(({ id }: { id: number }) => id)).toEqual([living, call.id]);
    expect(all.items[0]).toMatchObject({ isDead: false });
    const dead = (await list('?state=dead&limit=100')).items.map(({ id }: { id: number }) => id);
    expect([dead[0], dead.includes(living)]).toEqual([call.id, false]);
    const next = await list(`?limit=1&cursor=${(await list('?limit=1')).nextCursor}`);
    expect(next.items[0].id).toBe(call.id);
  });

  test('refuses a state that there is not', async () => {
    const answer = await seatlane.client.request('GET', '/admin/outbox?state=lost', { token });
    expectProblem(answer, 400, 'VALIDATION_FAILED');
  });
});

describe('an operator', () => {
  test('has a dead call made now, which the log shows with its order', async () => {
    const { status, body } = await retry(call.id);
    expect([status, body.command]).toEqual([200, 'retry-call']);
    expect(body.result).toMatchObject({ id: call.id, orderId, offers: 10, isDead: true });
    const [due] = await seatlane.rows<{ isDue: boolean }>(
      `select coalesce(bool_and(next_at <= now() + interval '1 min'), true) as "isDue" from outbox_call
       where id = ${call.id}`,
    );
    expect(due?.isDue).toBe(true);
    const log = await seatlane.client.request('GET', '/admin/log?limit=1', { token });
    expect(log.body.items[0]).toMatchObject({ command: 'retry-call', after: body.result });
    const [line] = await seatlane.rows<{ orderId: number }>(
      'select order_id::int as "orderId" from operator_log order by id desc limit 1',
    );
    expect(line?.orderId).toBe(orderId);
  });

  test('is told that a call is not dead, or does not exist', async () => {
    const { id } = await aCall(9);
    expectProblem(await retry(id), 409, 'CALL_NOT_DEAD');
    expectProblem(await retry(999_999), 404, 'CALL_NOT_FOUND');
  });
});
