/**
 * A buyer who pays by card: takes a free seat, opens a payment page, does there what was drawn for him, and waits until the checkout is
 * over. Some of those who have paid give their order back afterwards.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answered, Headed, Requests } from './requests.ts';

/** What a buyer does at the payment page. */
export const ENDINGS = ['pay', 'confirm', 'fail', 'decline', 'leave'] as const;
export type Ending = (typeof ENDINGS)[number];

export interface Plan {
  ending: Ending;
  /** The time at the 3-D Secure step, in ms. */
  challengeMs: number;
  /** Whether a paid order is given back. */
  givesBack: boolean;
}

export interface Shop {
  scheduleId: number;
  seatIds: readonly number[];
  returnUrl: string;
  /** Between two looks at a checkout that is not over, in ms. */
  pollMs: number;
  /** How long a buyer waits for the end of a checkout, in ms. */
  patienceMs: number;
}

const SEATS_TRIED_MAX = 20;
const LIVE = new Set(['opening', 'open']);

/** @returns what became of it: the state of the checkout, or why there is none */
export async function buy(
  requests: Requests,
  user: Headed,
  { shop, plan, random }: { shop: Shop; plan: Plan; random: () => number },
): Promise<string> {
  const orderId = await takeSeat(requests, user, shop, random);
  if (orderId === undefined) return 'no seat';
  const started = await requests.command('POST', `/orders/${orderId}/checkout`, user, {
    returnUrl: shop.returnUrl,
  });
  if (started.status !== 200) return codeOf(started);
  const { id } = started.body.result;
  const redirectUrl = await pageOf(requests, user, id, shop);
  if (redirectUrl === undefined) return 'no page';
  await visit(redirectUrl, plan);
  const state = await endOf(requests, user, id, shop);
  if (state !== 'paid' || !plan.givesBack) return state;
  const given = await requests.command('DELETE', `/orders/${orderId}`, user);
  return given.status === 200 ? 'given back' : codeOf(given);
}

const codeOf = ({ body }: Answered): string => body?.code ?? body?.problem?.code ?? 'unknown';

async function takeSeat(
  requests: Requests,
  user: Headed,
  { scheduleId, seatIds }: Shop,
  random: () => number,
): Promise<number | undefined> {
  for (let tries = 0; tries < SEATS_TRIED_MAX; tries += 1) {
    const seatId = seatIds[Math.floor(random() * seatIds.length)] as number;
    const body = { scheduleId, seatIds: [seatId] };
    const placed = await requests.command('POST', '/orders', user, body);
    if (placed.status === 200) return placed.body.result.id;
  }
  return undefined;
}

async function pageOf(
  requests: Requests,
  user: Headed,
  checkoutId: number,
  shop: Shop,
): Promise<string | undefined> {
  const end = Date.now() + shop.patienceMs;
  const waiting = { ...user, Prefer: 'wait=20' };
  while (Date.now() < end) {
    const { body } = await requests.get(`/checkouts/${checkoutId}`, waiting);
    if (body.redirectUrl !== null) return body.redirectUrl;
    if (!LIVE.has(body.state)) return undefined;
  }
  return undefined;
}

/** Posts the forms of the payment page. While the provider is down, a buyer tries again. */
async function visit(redirectUrl: string, { ending, challengeMs }: Plan): Promise<void> {
  if (ending === 'leave') return;
  if (ending === 'pay' || ending === 'decline') return post(redirectUrl, ending);
  await post(redirectUrl, 'challenge');
  await sleep(challengeMs);
  await post(redirectUrl, ending);
}

const PAGE_TRIES_MAX = 90;

async function post(redirectUrl: string, action: string): Promise<void> {
  for (let tries = 0; tries < PAGE_TRIES_MAX; tries += 1) {
    const status = await fetch(redirectUrl, {
      method: 'POST',
      body: new URLSearchParams({ action }),
      redirect: 'manual',
    }).then(
      (response) => response.status,
      () => 503,
    );
    if (status < 500) return;
    await sleep(1000);
  }
}

async function endOf(requests: Requests, user: Headed, checkoutId: number, shop: Shop) {
  const end = Date.now() + shop.patienceMs;
  for (;;) {
    const { body } = await requests.get(`/checkouts/${checkoutId}`, user);
    if (!LIVE.has(body.state)) return body.state as string;
    if (Date.now() > end) return 'never over';
    await sleep(shop.pollMs * (0.5 + Math.random()));
  }
}
