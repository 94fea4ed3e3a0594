/** The states of a checkout at the sandbox. */
import { expect, test } from 'vitest';
import {
  type CheckoutState,
  isOverdue,
  PAGE_ACTIONS,
  refuseRefund,
  stateAfter,
} from '../../../../scripts/sandbox/checkouts.ts';

/** The next state for `pay`, `challenge`, `confirm`, `fail` and `decline`; a dash if the page does not offer it. */
const TABLE: [CheckoutState, ...(CheckoutState | '-')[]][] = [
  ['open', 'paid', 'challenged', '-', '-', 'failed'],
  ['challenged', '-', 'challenged', 'paid', 'failed', '-'],
  ['paid', 'paid', 'paid', 'paid', 'paid', 'paid'],
  ['failed', 'failed', 'failed', 'failed', 'failed', 'failed'],
  ['expired', 'expired', 'expired', 'expired', 'expired', 'expired'],
];

test.each(TABLE)('the actions of a buyer whose checkout is %s', (state, ...next) => {
  expect(PAGE_ACTIONS.map((action) => stateAfter(state, action) ?? '-')).toEqual(next);
});

test('a checkout is overdue from its end on, unless it is over', () => {
  expect(isOverdue({ state: 'open', expiresAt: 100 }, 99)).toBe(false);
  expect(isOverdue({ state: 'open', expiresAt: 100 }, 100)).toBe(true);
  expect(isOverdue({ state: 'challenged', expiresAt: 100 }, 100)).toBe(true);
  for (const state of ['paid', 'failed', 'expired'] as const) {
    expect(isOverdue({ state, expiresAt: 100 }, 100)).toBe(false);
  }
});

test.each([
  [undefined, 1, 'CHECKOUT_NOT_FOUND'],
  [{ captured: 0, refunded: 0 }, 1, 'NOT_CAPTURED'],
  [{ captured: 10, refunded: 4 }, 7, 'ABOVE_CAPTURED'],
  [{ captured: 10, refunded: 4 }, 6, undefined],
])('a refund of %j by %i is refused as %s', (checkout, amount, code) => {
  expect(refuseRefund(checkout, amount)).toBe(code);
});
