/** Who can begin to pay by card, what, and until when. */
import { describe, expect, test } from 'vitest';
import {
  type Begun,
  type Checkout,
  decideCheckout,
  decideTopUp,
  firstLook,
  HOURLY_MAX,
  LIVE_MAX,
} from '../../../src/domain/checkouts.ts';
import type { Order } from '../../../src/domain/orders.ts';
import { refuse } from '../../../src/domain/reasons.ts';
import { aCheckout, anOrder, minutesFromNow, NOW } from '../../support/builders.ts';
import { provePrecedence } from './rules.ts';

type Beginning = Parameters<typeof decideCheckout>[0];

const MINUTE_MS = 60_000;
const times = { now: NOW, checkoutMs: 10 * MINUTE_MS };
const noToken = refuse('QUEUE_TOKEN_INVALID', 'no').refusal;
const nothing: Begun = { live: 0, liveUntil: null, lastHour: 0, firstOfHour: null };
const tooMany: Begun = { ...nothing, live: LIVE_MAX, liveUntil: minutesFromNow(4) };

const naming = (
  order?: Order,
  startAt = minutesFromNow(60),
): Pick<Beginning, 'named' | 'order'> => ({
  named: { kind: 'order', id: 5, row: order },
  order: order && { ...order, startAt },
});

function begin(change: Partial<Beginning> = {}, order = anOrder()) {
  return decideCheckout({
    ...naming(order),
    checkouts: [],
    userId: 1,
    begun: nothing,
    acceptedAt: NOW,
    times,
    noToken: undefined,
    ...change,
  });
}

const over = (state: Checkout['state'] = 'expired') => aCheckout({ state });

describe('a checkout', () => {
  const foreign = { userId: 2, cancelledAt: NOW, state: 'paid', total: 0 } as const;
  const held = { ...foreign, userId: 1, cancelledAt: null, state: 'held' } as const;
  const worst: Beginning = {
    ...naming(),
    checkouts: [aCheckout()],
    userId: 1,
    begun: tooMany,
    acceptedAt: NOW,
    times,
    noToken,
  };
  provePrecedence(
    decideCheckout,
    {
      reason: 'ORDER_NOT_FOUND',
      input: worst,
    },
    [
      { fixed: 'the id', by: naming(anOrder(foreign)), reason: 'NOT_ORDER_OWNER' },
      {
        fixed: 'the user',
        by: naming(anOrder({ ...foreign, userId: 1 })),
        reason: 'SCHEDULE_CANCELLED',
      },
      {
        fixed: 'the performance',
        by: naming(anOrder({ ...foreign, userId: 1, cancelledAt: null })),
        reason: 'PAYMENT_ALREADY_PROCESSED',
      },
      {
        fixed: 'the payment',
        by: naming(anOrder({ ...held, state: 'cancelled' })),
        reason: 'ORDER_CANCELLED',
      },
      {
        fixed: 'the state',
        by: naming(anOrder({ ...held, holdExpiresAt: NOW })),
        reason: 'HOLD_EXPIRED',
      },
      { fixed: 'the hold', by: naming(anOrder(held)), reason: 'CHECKOUT_OPEN' },
      { fixed: 'the open page', by: { checkouts: [over()] }, reason: 'NOTHING_TO_PAY' },
      {
        fixed: 'the price',
        by: naming(anOrder(), minutesFromNow(0.4)),
        reason: 'QUEUE_TOKEN_INVALID',
      },
      { fixed: 'the token', by: { noToken: undefined }, reason: 'BOOKING_CLOSED' },
      { fixed: 'the start', by: naming(anOrder()), reason: 'CHECKOUT_LIMIT_REACHED' },
      { fixed: 'the limit', by: { begun: nothing }, reason: undefined },
    ],
  );

  test('that is refused because of an open page names the checkout of that', () => {
    const { refusal } = begin({ checkouts: [over('failed'), aCheckout({ id: 12 })] });
    expect(refusal).toMatchObject({ code: 'CHECKOUT_OPEN', about: { checkoutId: 12 } });
  });

  test.each(['opening', 'open'] as const)('is refused while another one is %s', (state) => {
    expect(begin({ checkouts: [aCheckout({ state })] }).refusal?.code).toBe('CHECKOUT_OPEN');
  });

  test('that is the first of its order prolongs the hold to the end of its page', () => {
    const end = minutesFromNow(10);
    expect(begin().change).toEqual({ amount: 100, expiresAt: end, holdExpiresAt: end });
  });

  test('leaves a hold as it is that lasts longer, and its page ends before that', () => {
    const { change } = begin({}, anOrder({ holdExpiresAt: minutesFromNow(30) }));
    const expiresAt = minutesFromNow(10);
    expect(change).toEqual({ amount: 100, expiresAt, holdExpiresAt: undefined });
  });

  test('of an order that has had one has the rest of the hold', () => {
    const { change } = begin({ checkouts: [over('failed')] });
    const expiresAt = minutesFromNow(5);
    expect(change).toEqual({ amount: 100, expiresAt, holdExpiresAt: undefined });
  });

  test('of an order that has had one needs half a minute of its hold', () => {
    const checkouts = [over()];
    const rest = (ms: number) => anOrder({ holdExpiresAt: new Date(NOW.getTime() + ms) });
    const { refusal } = begin({ checkouts }, rest(29_999));
    expect(refusal).toMatchObject({ code: 'HOLD_EXPIRED' });
    expect(refusal?.detail).toContain('too soon for another payment page');
    expect(begin({ checkouts }, rest(30_000)).refusal).toBeUndefined();
    // The buyer can still pay on the page that is open.
    const withOpen = { checkouts: [over(), aCheckout()] };
    expect(begin(withOpen, rest(29_999)).refusal?.code).toBe('CHECKOUT_OPEN');
  });

  test('of a performance that starts soon has a page that ends then, and so does the hold', () => {
    const startAt = minutesFromNow(7);
    expect(begin(naming(anOrder(), startAt)).change).toEqual({
      ...{ amount: 100, expiresAt: startAt, holdExpiresAt: startAt },
    });
    const long = naming(anOrder({ holdExpiresAt: minutesFromNow(30) }), startAt);
    expect(begin(long).change).toMatchObject({ expiresAt: startAt, holdExpiresAt: undefined });
  });

  test.each([[], [over()]])('needs half a minute before the performance starts', (...checkouts) => {
    const starting = (ms: number) => naming(anOrder(), new Date(NOW.getTime() + ms));
    const { refusal } = begin({ checkouts, ...starting(29_999) });
    expect(refusal).toMatchObject({ code: 'BOOKING_CLOSED' });
    expect(refusal?.detail).toContain('too soon for a payment page');
    expect(begin({ checkouts, ...starting(30_000) }).refusal).toBeUndefined();
  });

  test('that was accepted in time prolongs a hold that has run out meanwhile', () => {
    const order = anOrder({ holdExpiresAt: minutesFromNow(-1) });
    const { change } = begin({ acceptedAt: minutesFromNow(-2) }, order);
    expect(change?.holdExpiresAt).toEqual(minutesFromNow(10));
  });
});

describe('the limit of checkouts', () => {
  const retryOf = (begun: Begun) => decideTopUp(begun, times).refusal?.about?.retryAfterSeconds;

  test('accepts as many as are allowed, and no further one', () => {
    const allowed = { ...nothing, live: LIVE_MAX - 1, liveUntil: minutesFromNow(1) };
    expect(decideTopUp(allowed, times).change).toEqual({ expiresAt: minutesFromNow(10) });
    expect(decideTopUp(tooMany, times).refusal?.code).toBe('CHECKOUT_LIMIT_REACHED');
  });

  test('says when the first one that is not over ends', () => {
    expect(retryOf(tooMany)).toBe(240);
  });

  test('says to try again in a minute if that end has passed already', () => {
    expect(retryOf({ ...tooMany, liveUntil: minutesFromNow(-3) })).toBe(60);
  });

  test('says when the first one of the last hour was an hour ago', () => {
    const firstOfHour = minutesFromNow(-45);
    expect(retryOf({ ...nothing, lastHour: HOURLY_MAX, firstOfHour })).toBe(900);
    expect(retryOf({ ...nothing, lastHour: HOURLY_MAX - 1, firstOfHour })).toBeUndefined();
  });
});

test('a provider is first asked after a while, and at the end of the page at the latest', () => {
  const end = minutesFromNow(10);
  expect(firstLook(end, NOW, MINUTE_MS)).toEqual(minutesFromNow(1));
  expect(firstLook(end, NOW, 20 * MINUTE_MS)).toEqual(end);
});
