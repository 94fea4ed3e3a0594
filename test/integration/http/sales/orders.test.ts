/** Operators find orders of any user, see what became of one, and look at a user. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Order, Schedule, Seat } from '../../../../src/commands/schemas/resources.ts';
import { endHolds } from '../../../support/end-holds.ts';
import type { AdmittedUser } from '../../../support/http/client.ts';
import { expectProblem } from '../../../support/http/problems.ts';
import { addFailedRefund } from '../../../support/money/failed-refund.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';

let seatlane: TestSeatlane;
let token: string;
let hall: Schedule & { seats: Seat[] };
let ada: AdmittedUser;
let bob: AdmittedUser;
beforeAll(async () => {
  seatlane = await startSeatlane();
  const { client } = seatlane;
  token = await client.tokenFor('operator', 'admin');
  hall = await client.schedule();
  ada = await client.admitted('ada');
  bob = await client.admitted('bob');
  await send('POST', '/points/charge', ada, { amount: 10_000 });
});
afterAll(() => seatlane.stop());

const send = (method: string, path: string, by: { token: string }, body?: object) =>
  seatlane.client.command(method, path, { ...by, body });
const read = (path: string) => seatlane.client.request('GET', path, { token });
const find = async (query: string): Promise<(Order & { subject: string })[]> => {
  const { status, body } = await read(`/admin/orders?${query}`);
  expect(status).toBe(200);
  return body.items;
};
const idsBy = async (query: string) => (await find(query)).map(({ id }) => id);
const seatAt = (index: number) => hall.seats[index]?.id as number;
const order = async (by: AdmittedUser, ...seatIds: number[]): Promise<Order> =>
  (await send('POST', '/orders', by, { scheduleId: hall.id, seatIds })).body.result;

describe('an operator finds orders', () => {
  let held: Order;
  let paid: Order;
  let given: Order;
  beforeAll(async () => {
    given = await order(bob, seatAt(0));
    await send('DELETE', `/orders/${given.id}`, bob);
    held = await order(ada, seatAt(0), seatAt(1));
    paid = await order(ada, seatAt(2));
    await send('POST', `/orders/${paid.id}/pay`, ada);
  });

  test('by number, with the user', async () => {
    const mine = await seatlane.client.request('GET', `/orders/${paid.id}`, ada);
    expect(await find(`orderId=${paid.id}`)).toEqual([{ ...mine.body, subject: 'ada' }]);
    expect(await find('orderId=999999')).toEqual([]);
  });

  test('by user, newest first, also of those in a state', async () => {
    expect(await idsBy('user=ada')).toEqual([paid.id, held.id]);
    expect(await idsBy('user=ada&state=held')).toEqual([held.id]);
    expect(await idsBy('user=ada&state=expired')).toEqual([]);
    expect(await idsBy('user=ad')).toEqual([]);
  });

  test('by seat, also the order that had it before', async () => {
    expect(await idsBy(`seatId=${seatAt(0)}`)).toEqual([held.id, given.id]);
    expect(await idsBy(`seatId=${seatAt(0)}&user=bob`)).toEqual([given.id]);
    expect(await idsBy(`seatId=${seatAt(9)}`)).toEqual([]);
  });

  test('by the number of a seat, with its section and row', async () => {
    const seat = `scheduleId=${hall.id}&seatNumber=1`;
    expect(await idsBy(seat)).toEqual([held.id, given.id]);
    expect(await idsBy(`${seat}&section=Stalls&row=A`)).toEqual([held.id, given.id]);
    expect(await idsBy(`${seat}&row=B`)).toEqual([]);
  });

  test('by performance, in pages', async () => {
    const all = await idsBy(`scheduleId=${hall.id}`);
    expect(all).toEqual([paid.id, held.id, given.id]);
    expect(await idsBy(`scheduleId=${hall.id}&state=cancelled`)).toEqual([given.id]);
    for (const by of [`scheduleId=${hall.id}`, `seatId=${seatAt(0)}`, 'user=ada']) {
      const whole = await idsBy(by);
      const paged: number[] = [];
      for (let cursor = ''; ; ) {
        const { body } = await read(`/admin/orders?${by}&limit=1${cursor}`);
        paged.push(...body.items.map(({ id }: Order) => id));
        if (body.nextCursor === null) break;
        cursor = `&cursor=${body.nextCursor}`;
      }
      expect(paged).toEqual(whole);
    }
  });

  test('whose holds have run out as expired', async () => {
    const over = await order(bob, seatAt(8));
    const ended = `now() - interval '1 s'`;
    await endHolds(seatlane.rows, `id = ${over.id}`, { holdEnd: ended, seatEnd: ended });
    expect(await idsBy('user=bob&state=expired')).toEqual([over.id]);
    expect(await idsBy(`scheduleId=${hall.id}&state=held`)).toEqual([held.id]);
    expect((await find(`orderId=${over.id}`))[0]).toMatchObject({ state: 'expired' });
  });

  test.each([
    '',
    'state=paid',
    'orderId=0',
    'user=',
    'seatNumber=1',
    'scheduleId=1&section=A',
    'scheduleId=1&state=lost',
    'name=ada',
    'user=ada&cursor=no',
  ])('not with the query "%s"', async (query) => {
    expectProblem(await read(`/admin/orders?${query}`), 400, 'VALIDATION_FAILED');
  });
});

describe('the story of an order', () => {
  interface Line {
    at: string;
    event: string;
    who: string | null;
    text: string;
  }
  const storyOf = async (orderId: number) => {
    const { status, body } = await read(`/admin/orders/${orderId}`);
    expect(status).toBe(200);
    return body as { order: Order; subject: string; story: (Line & Record<string, unknown>)[] };
  };

  test('has its commands, its money, and what operators did to it', async () => {
    const { id, bookings } = await order(ada, seatAt(3), seatAt(4));
    await send('POST', `/orders/${id}/pay`, ada);
    await send('DELETE', `/concerts/bookings/${bookings[0]?.id}`, ada);
    const refund = await addFailedRefund(seatlane.rows, { orderId: id, amount: 7 });
    const reason = 'The card is closed';
    await send('POST', `/refunds/${refund.id}/end`, { token }, { as: 'points', reason });
    const ill = { reason: 'The buyer is ill' };
    await send('DELETE', `/orders/${id}`, { token }, ill);
    const { story, ...about } = await storyOf(id);
    const mine = await seatlane.client.request('GET', `/orders/${id}`, ada);
    expect(about).toEqual({ order: mine.body, subject: 'ada' });
    const times = story.map(({ at }) => at);
    expect(times).toEqual(times.toSorted());
    expect(story.map(({ event, who, amount, detail }) => [event, who, amount, detail])).toEqual([
      ['placed', 'ada', null, null],
      ['paid', 'ada', 200, null],
      ['refunded', 'ada', 100, null],
      ['place-ended', null, 100, 'refunded'],
      ...story.slice(4, -3).map(({ event, who, amount, detail }) => [event, who, amount, detail]),
      ['refunded', 'operator', 100, null],
      ['operator-command', 'operator', null, ill.reason],
      ['place-ended', null, 100, 'refunded'],
    ]);
    const between = story.slice(4, -3).map(({ event }) => event);
    expect(between.toSorted()).toEqual(
      [
        ...['card-refund-begun', 'card-refund-ended', 'checkout-begun', 'checkout-settled'],
        'operator-command',
      ].toSorted(),
    );
    expect(story.find(({ event }) => event === 'operator-command')).toMatchObject({
      kind: 'operator',
      command: 'end-refund',
      who: 'operator',
      detail: reason,
      text: `An operator sent end-refund: ${reason}.`,
    });
    expect(story.find(({ event }) => event === 'checkout-settled')).toMatchObject({
      command: 'settle-checkout',
      who: null,
    });
    expect(story.map(({ text }) => text).join(' ')).not.toMatch(/null|undefined/);
  });

  test('has the scan of a ticket, and the end of a performance', async () => {
    const { client } = seatlane;
    const other = await client.schedule();
    const body = { scheduleId: other.id, seatIds: [other.seats[0]?.id] };
    const { id } = (await send('POST', '/orders', ada, body)).body.result as Order;
    await send('POST', `/orders/${id}/pay`, ada);
    const tickets = await client.request('GET', `/orders/${id}/tickets`, ada);
    const gate = await client.tokenFor('scanner', 'gate');
    const scan = { code: tickets.body.items[0].code, gate: 'North' };
    const path = `/concerts/schedules/${other.id}`;
    expect((await send('POST', `${path}/check-ins`, { token: gate }, scan)).status).toBe(200);
    const { story } = await storyOf(id);
    expect(story.at(-1)).toMatchObject({
      kind: 'check-in',
      event: 'entered',
      who: 'scanner',
      detail: 'North',
    });
    await send('POST', `${path}/cancel`, { token }, { reason: 'The hall burns' });
    expect((await storyOf(id)).story.map(({ event }) => event)).toContain('performance-cancelled');
  });

  test('is a 404 for an order that does not exist', async () => {
    expectProblem(await read('/admin/orders/999999'), 404, 'ORDER_NOT_FOUND');
  });
});

describe('an operator looks at a user', () => {
  test('with the balance, the newest orders and what changed the balance', async () => {
    const mine = await seatlane.client.request('GET', '/orders', ada);
    const history = await seatlane.client.request('GET', '/points/history', ada);
    const balance = await seatlane.client.request('GET', '/points', ada);
    const { status, body } = await read('/admin/users/ada');
    expect(status).toBe(200);
    expect(body).toEqual({
      subject: 'ada',
      name: null,
      createdAt: expect.stringMatching(/Z$/),
      balance: balance.body.balance,
      orders: mine.body.items,
      history: history.body.items,
    });
  });

  test.each(['auth0|a/b', 'a%2Fb', 'ä ? # &', '50% off', '..'])(
    'whose subject is %j',
    async (subject) => {
      const by = { token: await seatlane.client.tokenFor(subject) };
      await send('POST', '/points/charge', by, { amount: 5 });
      const { status, body } = await read(`/admin/users/${encodeURIComponent(subject)}`);
      // A client resolves dots in a path before it sends it, so nobody can ask for that user by path.
      if (subject === '..') return expect(status).toBe(404);
      expect([status, body.subject, body.balance]).toEqual([200, subject, 5]);
    },
  );

  test('and hears that one who has sent nothing is unknown', async () => {
    expectProblem(await read('/admin/users/nobody'), 404, 'USER_NOT_FOUND');
  });
});

test.each([
  ['GET', '/concerts/schedules/1/sales'],
  ['GET', '/concerts/schedules/1/sales/groups'],
  ['GET', '/concerts/schedules/1/sales/series'],
  ['GET', '/concerts/schedules/1/orders.csv'],
  ['GET', '/admin/orders?user=ada'],
  ['GET', '/admin/orders/1'],
  ['GET', '/admin/users/ada'],
  ['GET', '/admin/outbox'],
  ['POST', '/admin/outbox/1/retry'],
])('%s %s is for operators: users and gates are refused', async (method, path) => {
  const gate = await seatlane.client.tokenFor('scanner', 'gate');
  for (const by of [ada.token, gate]) {
    expectProblem(await seatlane.client.request(method, path, { token: by }), 403, 'FORBIDDEN');
  }
  expectProblem(await seatlane.client.request(method, path), 401, 'TOKEN_NOT_PROVIDED');
});
