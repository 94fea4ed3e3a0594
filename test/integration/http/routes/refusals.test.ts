/** Refusals of commands that no other test sees over HTTP: each with its status, as a problem. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SMALL_PLAN, SMALL_PRICES } from '../../../support/halls/hall-plans.ts';
import { inHours, scheduleBody } from '../../../support/http/client.ts';
import { expectProblem } from '../../../support/http/problems.ts';
import { WITH_SANDBOX } from '../../../support/sandbox/written-checkouts.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';

const RETURN_URL = 'https://shop.example/thanks';

let seatlane: TestSeatlane;
let token: string;
beforeAll(async () => {
  seatlane = await startSeatlane({ settings: WITH_SANDBOX, workers: 0 });
  // Nobody calls the provider.
  await seatlane.addWorker({ parts: ['seat', 'user', 'timers'] });
  token = await seatlane.client.tokenFor('operator', 'admin');
});
afterAll(() => seatlane.stop());

const send = (method: string, path: string, body?: object) =>
  seatlane.client.command(method, path, { token, ...(body && { body }) });

/** A concert with a queue of its own, in which no other draw is in the way. */
async function concert(): Promise<number> {
  const { id } = await seatlane.client.concert();
  const { status } = await send('POST', '/queues', { name: 'Its own', concertIds: [id] });
  expect(status).toBe(200);
  return id;
}

describe('a draw', () => {
  const announce = (id: number, gathersAt: string, opensAt: string) =>
    send('POST', `/concerts/${id}/draw`, { gathersAt, opensAt });

  test.each([
    { opensAt: -1, code: 'DRAW_IN_THE_PAST' },
    { opensAt: 0.1, code: 'DRAW_TOO_SOON' },
    { opensAt: 30 * 24 + 1, code: 'DRAW_TOO_FAR_AHEAD' },
  ])('that opens in $opensAt hours is refused with $code', async ({ opensAt, code }) => {
    expectProblem(await announce(await concert(), inHours(-9), inHours(opensAt)), 409, code);
  });

  test('whose users gather keeps the start of gathering, and is not cancelled once it has started', async () => {
    const id = await concert();
    expect((await announce(id, inHours(-1), inHours(2))).status).toBe(200);
    const moved = { gathersAt: inHours(1), opensAt: inHours(3) };
    expectProblem(await send('PUT', `/concerts/${id}/draw`, moved), 409, 'DRAW_ALREADY_GATHERING');
    await seatlane.rows(`update draw set opens_at = now() where concert_id = ${id}`);
    expectProblem(await send('DELETE', `/concerts/${id}/draw`), 409, 'DRAW_ALREADY_STARTED');
  });
});

test('times of a performance that are not in order are refused', async () => {
  const body = { ...scheduleBody(), bookingStartAt: inHours(1) };
  const made = await send('POST', `/concerts/${await concert()}/schedules`, body);
  expect(made.status).toBe(200);
  const path = `/concerts/schedules/${made.body.result.id}`;
  const answer = await send('PUT', path, { bookingEndAt: inHours(49) });
  expectProblem(answer, 409, 'SCHEDULE_TIMES_INVALID');
  expect(answer.body.scheduleId).toBe(made.body.result.id);
});

test('the price of a category that the hall does not have is refused', async () => {
  const { body } = await send('POST', '/halls', { name: 'Opera House', plan: SMALL_PLAN });
  const { seats: _, ...times } = scheduleBody();
  const hall = { hallId: body.result.id, version: 1, prices: { ...SMALL_PRICES, Box: 1 } };
  const answer = await send('POST', `/concerts/${await concert()}/schedules`, { ...times, hall });
  expectProblem(answer, 404, 'CATEGORY_NOT_FOUND');
  expect(answer.body.category).toBe('Box');
});

test('a card payment of an order that costs nothing is refused', async () => {
  const seats = [{ section: 'Stalls', row: 'A', from: 1, to: 2, price: 0 }];
  const schedule = await seatlane.client.schedule({ seats });
  const ada = await seatlane.client.admitted('ada');
  const body = { scheduleId: schedule.id, seatIds: [schedule.seats[0]?.id] };
  const order = await seatlane.client.command('POST', '/orders', { ...ada, body });
  const path = `/orders/${order.body.result.id}/checkout`;
  const answer = await seatlane.client.command('POST', path, {
    ...ada,
    body: { returnUrl: RETURN_URL },
  });
  expectProblem(answer, 409, 'NOTHING_TO_PAY');
});

test('a sixth card payment while five are open is refused, with the time until the first one ends', async () => {
  const mona = await seatlane.client.tokenFor('mona');
  const begin = () =>
    seatlane.client.command('POST', '/points/checkout', {
      token: mona,
      body: { amount: 10, returnUrl: RETURN_URL },
    });
  for (let begun = 0; begun < 5; begun += 1) expect((await begin()).status).toBe(200);
  const answer = await begin();
  expectProblem(answer, 409, 'CHECKOUT_LIMIT_REACHED');
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
});
