/** What becomes of money on its way back to a card, for every state of a refund and every answer. */
import { describe, expect, test } from 'vitest';
import {
  beginRefund,
  type CardRefund,
  decideAnswer,
  decideOtherEnd,
  decideRetry,
  stateAfterRefund,
} from '../../../src/domain/card-refunds.ts';
import { NOW } from '../../support/builders.ts';
import { provePrecedence } from './rules.ts';

const paidAt = NOW;
const refund = (change: Partial<CardRefund> = {}): CardRefund => {
  return { id: 5, amount: 30, state: 'pending', attempt: 2, providerRef: null, ...change };
};
/** A checkout that has paid 100, of which 30 go back to the card. */
const checkout = { captured: 100, refunding: 30, refunded: 0, paidAt };

describe('the state of a checkout', () => {
  test.each([
    { refunding: 0, refunded: 0, paidAt, state: 'paid' },
    { refunding: 30, refunded: 0, paidAt, state: 'refunding' },
    { refunding: 30, refunded: 70, paidAt, state: 'refunding' },
    { refunding: 0, refunded: 30, paidAt, state: 'paid' },
    { refunding: 0, refunded: 100, paidAt, state: 'refunded' },
    { refunding: 0, refunded: 0, paidAt: null, state: 'credited' },
    { refunding: 100, refunded: 0, paidAt: null, state: 'refunding' },
    { refunding: 0, refunded: 100, paidAt: null, state: 'refunded' },
    { refunding: 0, refunded: 30, paidAt: null, state: 'credited' },
  ] as const)('with $refunding on the way, $refunded back and paid at $paidAt is $state', (row) => {
    expect(stateAfterRefund({ captured: 100, ...row })).toBe(row.state);
  });

  test('is refunding from the beginning of each refund on', () => {
    const begun = beginRefund({ ...checkout, refunding: 0, refunded: 30 }, 70);
    expect(begun).toEqual({ refunding: 70, refunded: 30, state: 'refunding' });
  });
});

describe('the answer of a provider', () => {
  const done = { kind: 'done', ref: 're_1' } as const;
  const failed = { kind: 'failed', failure: 'CARD_CLOSED' } as const;
  const ended = (state: CardRefund['state']) => {
    const isBack = state !== 'pending' && state !== 'failed';
    return { ...checkout, refunding: isBack ? 0 : 30, refunded: isBack ? 30 : 0 };
  };
  const decide = (
    state: CardRefund['state'],
    answer: typeof done | typeof failed,
    isOfCall: boolean,
  ) =>
    decideAnswer({
      ...{ refund: refund({ state }), checkout: ended(state), attempt: 2, answer, isOfCall },
      now: NOW,
    });
  const isDone = {
    refund: { state: 'done', failure: null, providerRef: 're_1', endedAt: NOW },
    checkout: { refunding: 0, refunded: 30, state: 'paid' },
  };
  const hasFailed = {
    refund: { state: 'failed', failure: 'CARD_CLOSED', endedAt: null },
    checkout: { refunding: 30, refunded: 0, state: 'refunding' },
  };

  test.each([
    ['pending', done, true, isDone],
    ['pending', done, false, isDone],
    ['pending', failed, true, hasFailed],
    ['pending', failed, false, hasFailed],
    ['done', done, true, undefined],
    // A call that was made twice: it was refused because the first one had paid back.
    ['done', failed, true, undefined],
    // The bank has returned the money.
    ['done', failed, false, hasFailed],
    ['failed', done, true, undefined],
    ['failed', failed, true, undefined],
    ['failed', failed, false, undefined],
    ['credited', done, true, undefined],
    ['credited', failed, true, undefined],
    ['credited', failed, false, undefined],
    ['elsewhere', done, true, undefined],
    ['elsewhere', failed, true, undefined],
    ['elsewhere', failed, false, undefined],
  ] as const)('to a refund that is %s: %j, of a call: %s', (state, answer, isOfCall, expected) => {
    expect(decide(state, answer, isOfCall)).toEqual(expected);
  });

  test.each([1, 3])('to attempt %i changes nothing of attempt 2', (attempt) => {
    for (const answer of [done, failed]) {
      const input = { refund: refund(), checkout, attempt, answer, isOfCall: false, now: NOW };
      expect(decideAnswer(input)).toBeUndefined();
    }
  });

  test('to an earlier attempt counts if the present one found the refund that it made', () => {
    const adopted = refund({ state: 'done', providerRef: 're_1' });
    const failedLater = (ref: string | undefined, given = adopted) => {
      const answer = { ...failed, ref };
      const input = { refund: given, checkout: ended('done'), attempt: 1, answer };
      return decideAnswer({ ...input, isOfCall: false, now: NOW });
    };
    expect(failedLater('re_1')).toEqual(hasFailed);
    expect(failedLater('re_2')).toBeUndefined();
    expect(failedLater(undefined)).toBeUndefined();
    // The bank's word about the refund before, repeated while the provider is asked again.
    expect(failedLater('re_1', { ...adopted, state: 'pending' })).toBeUndefined();
  });

  test('leaves a checkout refunding while another refund is on its way', () => {
    const both = { ...checkout, refunding: 100 };
    const input = { refund: refund(), checkout: both, attempt: 2, answer: done, isOfCall: true };
    expect(decideAnswer({ ...input, now: NOW })?.checkout).toEqual({
      ...{ refunding: 70, refunded: 30, state: 'refunding' },
    });
  });
});

describe('asking the provider again', () => {
  const worst: Parameters<typeof decideRetry>[0] = { refundId: 5, refund: undefined };
  provePrecedence(decideRetry, { input: worst, reason: 'REFUND_NOT_FOUND' }, [
    { fixed: 'the missing row', by: { refund: refund() }, reason: 'REFUND_NOT_FAILED' },
    { fixed: 'the state', by: { refund: refund({ state: 'failed' }) }, reason: undefined },
  ]);

  test('is another attempt', () => {
    const { change } = decideRetry({ refundId: 5, refund: refund({ state: 'failed' }) });
    expect(change).toEqual({ state: 'pending', attempt: 3, failure: null, endedAt: null });
  });

  test.each(['pending', 'done', 'credited', 'elsewhere'] as const)(
    'is refused for a refund that is %s',
    (state) => {
      const { refusal } = decideRetry({ refundId: 5, refund: refund({ state }) });
      expect(refusal?.code).toBe('REFUND_NOT_FAILED');
    },
  );
});

describe('ending a refund without the provider', () => {
  const worst: Parameters<typeof decideOtherEnd>[0] = {
    ...{ refundId: 5, refund: undefined, checkout: undefined, as: 'points', balance: 7, now: NOW },
  };
  provePrecedence(decideOtherEnd, { input: worst, reason: 'REFUND_NOT_FOUND' }, [
    { fixed: 'the missing row', by: { refund: refund(), checkout }, reason: 'REFUND_NOT_FAILED' },
    { fixed: 'the state', by: { refund: refund({ state: 'failed' }) }, reason: undefined },
  ]);

  const failed = { ...worst, refund: refund({ state: 'failed' }), checkout };
  test('gives the amount back in points', () => {
    expect(decideOtherEnd(failed).change).toEqual({
      refund: { state: 'credited', failure: null, endedAt: NOW },
      checkout: { refunding: 0, refunded: 30, state: 'paid' },
      moved: { amount: 30, balance: 37 },
    });
  });

  test('gives no points for what was paid back elsewhere', () => {
    const all = { ...checkout, refunded: 70 };
    expect(decideOtherEnd({ ...failed, checkout: all, as: 'elsewhere' }).change).toEqual({
      refund: { state: 'elsewhere', failure: null, endedAt: NOW },
      checkout: { refunding: 0, refunded: 100, state: 'refunded' },
      moved: undefined,
    });
  });
});
