/** Which queue tokens the routes for admitted users accept, and what a token still permits after its entry has ended. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Order } from '../../../../src/commands/schemas/resources.ts';
import { effects } from '../../../support/effects.ts';
import { endHolds } from '../../../support/end-holds.ts';
import type { AdmittedUser, Answer } from '../../../support/http/client.ts';
import { expectProblem } from '../../../support/http/problems.ts';
import { tamper } from '../../../support/http/tokens.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';

type Sent = Pick<AdmittedUser, 'token' | 'queueToken'>;
type Route = readonly [method: string, path: string, body?: object];

let seatlane: TestSeatlane;
let ada: AdmittedUser;
/** Ada's; its entry stays active. */
let order: Order;
let seatIds: number[];
let scheduleId: number;
/** The routes on which the entry must be active. */
let admitting: Route[];
/** The routes on which the worker decides about tokens whose entry has ended. */
let paying: Route[];
let before: Record<string, string[]>;
beforeAll(async () => {
  seatlane = await startSeatlane();
  const schedule = await seatlane.client.schedule();
  scheduleId = schedule.id;
  seatIds = schedule.seats.map(({ id }) => id);
  ada = await seatlane.client.admitted('ada');
  order = await place(ada);
  const seatId = aSeat();
  admitting = [
    ['GET', `/concerts/${schedule.concertId}/schedules/bookable`],
    ['GET', `/concerts/schedules/${scheduleId}/seats`],
    ['POST', `/concerts/seats/${seatId}/book`],
    ['POST', '/concerts/bookings', { seatIds: [seatId] }],
    ['POST', '/orders', { scheduleId, seatIds: [seatId] }],
  ];
  paying = payRoutesOf(order);
});
afterAll(() => seatlane.stop());
beforeEach(async () => {
  before = await effects(seatlane.rows);
});

/** A seat that no other test uses. */
const aSeat = () => seatIds.shift() as number;

async function place(user: Sent): Promise<Order> {
  const body = { scheduleId, seatIds: [aSeat()] };
  return (await seatlane.client.command('POST', '/orders', { ...user, body })).body.result;
}

const payRoutesOf = ({ id, bookings }: Order): Route[] => [
  ['POST', `/orders/${id}/pay`],
  ['POST', `/concerts/bookings/${bookings[0]?.id}/pay`],
];

async function eachRoute(
  routes: readonly Route[],
  sent: { token: string; queueToken?: string | undefined },
  check: (answer: Answer) => void,
): Promise<void> {
  for (const [method, path, body] of routes) {
    check(await seatlane.client.command(method, path, { ...sent, body }));
  }
}

/** A user with points, and with a held order. */
async function buyer(subject: string): Promise<{ user: AdmittedUser; held: Order }> {
  const user = await seatlane.client.admitted(subject);
  await seatlane.client.command('POST', '/points/charge', { ...user, body: { amount: 100 } });
  return { user, held: await place(user) };
}

async function endEntryOf(subject: string, reason: 'expired' | 'left'): Promise<void> {
  await seatlane.rows(`update queue_entry set expires_at = now() - interval '1 s',
    ended_at = now() - interval '1 s', state = 'ended', end_reason = '${reason}'
    where state = 'active' and user_id = (select id from app_user where subject = '${subject}')`);
}

describe('every route for admitted users', () => {
  afterEach(async () => {
    expect(await effects(seatlane.rows)).toEqual(before);
  });

  const expectInvalid = (sent: Sent) =>
    eachRoute([...admitting, ...paying], sent, (answer) => {
      expectProblem(answer, 403, 'QUEUE_TOKEN_INVALID');
      // The API refuses these itself.
      expect(answer.body).not.toHaveProperty('jobId');
    });

  test('refuses a request without a queue token with QUEUE_TOKEN_REQUIRED', async () => {
    const routes = [...admitting, ...paying];
    const required = (answer: Answer) => expectProblem(answer, 403, 'QUEUE_TOKEN_REQUIRED');
    await eachRoute(routes, { token: ada.token }, required);
    await eachRoute(routes, { token: ada.token, queueToken: '' }, required);
  });

  test.each([['nonsense'], ['a.b.c'], ['e30.e30.']])(
    'does not accept %s as a queue token',
    (queueToken) => expectInvalid({ token: ada.token, queueToken }),
  );

  test('does not accept an access token as a queue token', () =>
    expectInvalid({ token: ada.token, queueToken: ada.token }));

  test('refuses the queue token of another user', async () => {
    const bea = await seatlane.client.admitted('bea');
    before = await effects(seatlane.rows);
    await expectInvalid({ token: bea.token, queueToken: ada.queueToken });
  });

  test('refuses a modified queue token', async () => {
    const exp = 9_999_999_999;
    const changed = [
      tamper(ada.queueToken, { payload: { exp } }),
      tamper(ada.queueToken, { header: { alg: 'none' }, signature: '' }),
      tamper(ada.queueToken, { header: { alg: 'HS256' } }),
    ];
    for (const queueToken of changed) await expectInvalid({ token: ada.token, queueToken });
  });
});

describe('a route that reads or holds seats', () => {
  const expectRefused = async (user: Sent) => {
    before = await effects(seatlane.rows);
    await eachRoute(admitting, user, (answer) => {
      expectProblem(answer, 403, 'QUEUE_TOKEN_INVALID');
      expect(answer.body).not.toHaveProperty('jobId');
    });
    expect(await effects(seatlane.rows)).toEqual(before);
  };
  const look = (user: Sent) =>
    seatlane.client.request('GET', `/concerts/schedules/${scheduleId}/seats`, user);

  test('refuses a queue token after its user has left the queue', async () => {
    const cleo = await seatlane.client.admitted('cleo');
    expect((await look(cleo)).status).toBe(200);
    await seatlane.client.command('DELETE', '/users/queue', { token: cleo.token });
    await expectRefused(cleo);
  });

  test('refuses a queue token after its entry has expired', async () => {
    const dora = await seatlane.client.admitted('dora');
    await endEntryOf('dora', 'expired');
    await expectRefused(dora);
  });

  test('reads the entry of a token that it refused, and accepts it once an order has prolonged it', async () => {
    const flora = await seatlane.client.admitted('flora');
    const expireIn = (seconds: number) =>
      seatlane.rows(`update queue_entry set expires_at = now() + ${seconds} * interval '1 s'
        where user_id = (select id from app_user where subject = 'flora')`);
    await expireIn(-1);
    expectProblem(await look(flora), 403, 'QUEUE_TOKEN_INVALID');
    await expireIn(60);
    expect((await look(flora)).status).toBe(200);
  });

  test('refuses a queue token with which an order was paid', async () => {
    const { user, held } = await buyer('eva');
    expect((await look(user)).status).toBe(200);
    const paid = await seatlane.client.command('POST', `/orders/${held.id}/pay`, user);
    expect(paid.status).toBe(200);
    await expectRefused(user);
  });
});

describe('a payment with the queue token of an ended entry', () => {
  const expectRefusedByWorker = async (
    user: Sent,
    held: Order,
    [status, code]: readonly [status: number, code: string],
  ) => {
    before = await effects(seatlane.rows);
    await eachRoute(payRoutesOf(held), user, (answer) => {
      expectProblem(answer, status, code);
      expect(answer.body.jobId).toEqual(expect.any(String));
    });
    expect(await effects(seatlane.rows)).toEqual(before);
  };

  test.each([0, 1])(
    'is told that the order is paid, whichever way it was paid (%i)',
    async (way) => {
      const { user, held } = await buyer(`gina ${way}`);
      const [method, path] = payRoutesOf(held)[way] as Route;
      expect((await seatlane.client.command(method, path, user)).status).toBe(200);
      await expectRefusedByWorker(user, held, [409, 'PAYMENT_ALREADY_PROCESSED']);
    },
  );

  test('is told that the hold has expired', async () => {
    const { user, held } = await buyer('hana');
    await endEntryOf('hana', 'expired');
    await endHolds(seatlane.rows, `id = ${held.id}`, { holdEnd: `now() - interval '1 s'` });
    await expectRefusedByWorker(user, held, [409, 'HOLD_EXPIRED']);
  });

  test('is refused if the user has left the queue', async () => {
    const { user, held } = await buyer('ida');
    await endEntryOf('ida', 'left');
    await expectRefusedByWorker(user, held, [403, 'QUEUE_TOKEN_INVALID']);
  });

  test('is refused if the order was held with another entry', async () => {
    const earlier = await seatlane.client.admitted('jana');
    await endEntryOf('jana', 'expired');
    const { held } = await buyer('jana');
    await expectRefusedByWorker(earlier, held, [403, 'QUEUE_TOKEN_INVALID']);
  });

  test('succeeds if the order was held with that entry, whose expiry came first', async () => {
    const { user, held } = await buyer('kim');
    await endEntryOf('kim', 'expired');
    const { status, body } = await seatlane.client.command('POST', `/orders/${held.id}/pay`, user);
    expect(status).toBe(200);
    expect(body.result).toMatchObject({ order: { id: held.id, state: 'paid' }, balance: 0 });
  });
});
