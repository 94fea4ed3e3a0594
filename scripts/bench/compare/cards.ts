/** Purchases by card: each buyer places an order, opens the payment page of the sandbox, pays there, and looks until the order is paid. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadResponse } from '../http-client.ts';
import type { Contestant } from './contestants.ts';
import { buyAll } from './people.ts';
import { RETURN_ORIGIN } from './sandbox.ts';
import { type Begin, isSuccess, type Outcome } from './scenarios.ts';

/** Between two looks at a checkout that is not over, in ms. */
const LOOK_MS = 50;
/** An answer for a purchase that failed although every request was answered. */
const NOT_PAID = 402;

/**
 * Purchases of one seat each by card, by `people` concurrent users who are admitted.
 * @param count the number of users, each of whom buys once; at most the number of users of the contestant
 */
export async function cardPurchases(
  contestant: Contestant,
  { people, count }: { people: number; count: number },
  begin: Begin,
): Promise<Outcome> {
  const { scheduleId, seatIds } = await contestant.hall(count);
  return buyAll(contestant, { people, count, price: 0 }, begin, async (user) => {
    const order = { scheduleId, seatIds: [seatIds[user]] };
    const { id } = JSON.parse((await contestant.post('/orders', user, order)).text).result;
    return payByCard(contestant, user, id);
  });
}

/** @returns the last answer about the checkout, with another status if it is not paid */
async function payByCard(
  contestant: Contestant,
  user: number,
  orderId: number,
): Promise<LoadResponse> {
  const body = { returnUrl: `${RETURN_ORIGIN}/thanks` };
  const started = await contestant.post(`/orders/${orderId}/checkout`, user, body);
  if (!isSuccess(started)) return started;
  const path = `/checkouts/${JSON.parse(started.text).result.id}`;
  // The header `Prefer: wait` of the user holds this request until the page is open.
  const opened = JSON.parse((await contestant.get(path, user)).text);
  const page = new URL(opened.redirectUrl).pathname;
  await contestant.pages?.send({
    method: 'POST',
    path: page,
    body: new URLSearchParams({ action: 'pay' }),
  });
  for (;;) {
    const looked = await contestant.get(path, user);
    const { state } = JSON.parse(looked.text);
    if (state === 'paid') return looked;
    if (state !== 'open') return { ...looked, status: NOT_PAID };
    await sleep(LOOK_MS);
  }
}
