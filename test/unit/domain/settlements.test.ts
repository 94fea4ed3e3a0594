/** What becomes of a checkout in each state by each word of its provider, in whatever order these come. */
import { describe, expect, test } from 'vitest';
import { type Checkout, type CheckoutState, isLive } from '../../../src/domain/checkouts.ts';
import {
  decideOpening,
  decideSettlement,
  type OpeningAnswer,
  type Settlement,
  type Told,
} from '../../../src/domain/settlements.ts';
import { aCheckout, anOrder, minutesFromNow, NOW } from '../../support/builders.ts';

const CAPTURED: readonly CheckoutState[] = ['paid', 'credited', 'refunding', 'refunded'];
const STATES: readonly CheckoutState[] = ['opening', 'open', 'failed', 'expired', ...CAPTURED];

/** A checkout as it is stored in that state. */
function inState(state: CheckoutState, change: Partial<Checkout> = {}): Checkout {
  const isOpened = state !== 'opening' && { providerRef: 'chk_1', redirectUrl: 'https://pay/1' };
  const captured = CAPTURED.includes(state) ? 100 : 0;
  const page = { providerRef: null, redirectUrl: null, ...isOpened };
  return aCheckout({ state, captured, ...page, ...change });
}

const paid: Told = { outcome: 'paid', captured: 100 };
const failed: Told = { outcome: 'failed', failure: 'CARD_DECLINED' };
const expired: Told = { outcome: 'expired', failure: undefined };
const order = (change = {}) => ({ ...anOrder(), startAt: minutesFromNow(60), ...change });

const settle = (checkout: Checkout, told: Told, about = {}) =>
  decideSettlement(checkout, told, { order: order(), now: NOW, latePayment: 'refund', ...about });
const inWords = (settlement: Settlement) =>
  settlement.kind === 'over' ? settlement.state : settlement.kind;

describe('a settlement', () => {
  const heard = { paid, failed, expired };
  const words = (state: CheckoutState) =>
    Object.fromEntries(
      Object.entries(heard).map(([name, told]) => [name, inWords(settle(inState(state), told))]),
    );
  const unchanged = { paid: 'unchanged', failed: 'unchanged', expired: 'unchanged' };

  test.each([
    ['opening', { paid: 'paid', failed: 'failed', expired: 'expired' }],
    ['open', { paid: 'paid', failed: 'failed', expired: 'expired' }],
    ['failed', { ...unchanged, paid: 'paid' }],
    ['expired', { ...unchanged, paid: 'paid' }],
    ...CAPTURED.map((state) => [state, unchanged] as const),
  ] as const)('of a checkout that is %s is, by what the provider tells, %o', (state, expected) => {
    expect(words(state)).toEqual(expected);
  });

  test('is known for each state', () => {
    expect(STATES.map(words).flatMap((each) => Object.keys(each))).toHaveLength(STATES.length * 3);
  });

  const tooLate = [
    ['has expired', { order: order({ state: 'expired' }) }],
    ['is cancelled', { order: order({ state: 'cancelled' }) }],
    ['is paid already', { order: order({ state: 'paid' }) }],
    ['costs less by now', { order: order({ total: 60 }) }],
    ['is for a performance that has begun', { now: minutesFromNow(60) }],
    ['is for a performance that is cancelled', { order: order({ cancelledAt: NOW }) }],
    ['was lost', { order: undefined }],
  ] as const;

  test.each(tooLate)(
    'of an order that %s goes back to the card, or stays in points',
    (_, about) => {
      for (const state of ['opening', 'open', 'failed', 'expired'] as const) {
        const checkout = inState(state);
        expect(settle(checkout, paid, about).kind).toBe('refunding');
        expect(settle(checkout, paid, { ...about, latePayment: 'keep' }).kind).toBe('credited');
      }
    },
  );

  test.each([99, 101])('of %d instead of 100 never pays the order', (captured) => {
    expect(settle(inState('open'), { outcome: 'paid', captured }).kind).toBe('refunding');
    const total = captured;
    const fitting = { order: order({ total }) };
    expect(settle(inState('open'), { outcome: 'paid', captured }, fitting).kind).toBe('refunding');
  });

  test('of a top-up is credited, whatever late payments become', () => {
    const topUp = inState('open', { orderId: null });
    for (const latePayment of ['refund', 'keep'] as const) {
      expect(settle(topUp, paid, { order: undefined, latePayment }).kind).toBe('credited');
    }
  });

  test('pays a held order also after the end of its hold', () => {
    const late = { order: order({ holdExpiresAt: minutesFromNow(-9) }) };
    expect(settle(inState('open'), paid, late).kind).toBe('paid');
  });
});

describe('the answer to the call that opens a page', () => {
  const opened: OpeningAnswer = { kind: 'opened', ref: 'chk_2', redirectUrl: 'https://pay/2' };
  const refused: OpeningAnswer = { kind: 'refused', failure: 'AMOUNT_TOO_SMALL' };
  const isOver: OpeningAnswer = { kind: 'over' };
  const decide = (checkout: Checkout, answer: OpeningAnswer) =>
    decideOpening(checkout, answer, NOW);

  test('opens a checkout that is opening, with its page', () => {
    const change = { state: 'open', providerRef: 'chk_2', redirectUrl: 'https://pay/2' };
    expect(decide(inState('opening'), opened)).toEqual({ change, closesPage: false });
  });

  test('ends a checkout that is opening if there is no page', () => {
    const failure = 'AMOUNT_TOO_SMALL';
    expect(decide(inState('opening'), refused).change).toEqual({ state: 'failed', failure });
    expect(decide(inState('opening'), isOver).change).toEqual({ state: 'expired' });
  });

  const others = STATES.filter((state) => state !== 'opening');
  test.each(others)('never changes the state of a checkout that is %s', (state) => {
    for (const answer of [opened, refused, isOver]) {
      expect(decide(inState(state), answer).change).toEqual({});
    }
  });

  test.each(others)('is noted without a known payment also if the checkout is %s', (state) => {
    const checkout = inState(state, { providerRef: null, redirectUrl: null });
    const change = { providerRef: 'chk_2', redirectUrl: 'https://pay/2' };
    expect(decide(checkout, opened).change).toEqual(change);
  });

  test('gives a checkout whose payment is known by an event only the address of its page', () => {
    const checkout = inState('paid', { providerRef: 'chk_2', redirectUrl: null });
    expect(decide(checkout, opened).change).toEqual({ redirectUrl: 'https://pay/2' });
  });

  test('never shows the page of another payment', () => {
    const checkout = inState('open', { providerRef: 'chk_1', redirectUrl: null });
    expect(decide(checkout, opened).change).toEqual({});
  });

  test('closes the page of a checkout that is over unpaid, or past its end', () => {
    const closing = STATES.filter((state) => decide(inState(state), opened).closesPage);
    expect(closing).toEqual(['failed', 'expired']);
    const past = { expiresAt: NOW };
    const late = STATES.filter((state) => decide(inState(state, past), opened).closesPage);
    expect(late).toEqual(['opening', 'open', 'failed', 'expired']);
    expect(STATES.some((state) => decide(inState(state, past), isOver).closesPage)).toBe(false);
  });
});

test('a checkout is live until the provider has said what became of it', () => {
  expect(STATES.filter((state) => isLive({ state }))).toEqual(['opening', 'open']);
});
