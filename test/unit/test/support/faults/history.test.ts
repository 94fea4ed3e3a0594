/** The history checker finds exactly the histories that are impossible. */
import { expect, test } from 'vitest';
import { findContradiction, type Model } from '../../../../support/faults/history.ts';

/** A balance: an operation adds a number, and its response is the new balance. */
interface Addition {
  add: number;
  told: number;
}

const balance: Model<number, Addition> = {
  initial: 0,
  apply: (before, { add, told }) => (before + add === told ? told : undefined),
};

const add = (sentAt: number, answeredAt: number, amount: number, told: number) => ({
  sentAt,
  answeredAt,
  operation: { add: amount, told },
});
const never = Number.POSITIVE_INFINITY;

test.each([
  ['no operations', []],
  ['sequential operations', [add(0, 1, 5, 5), add(2, 3, 2, 7)]],
  ['concurrent operations in the order of sending', [add(0, 9, 5, 5), add(1, 8, 2, 7)]],
  ['concurrent operations in the reverse order', [add(0, 9, 5, 7), add(1, 8, 2, 2)]],
  [
    'many concurrent operations with one possible order',
    [4, 3, 2, 1].map((told) => add(0, 9, 1, told)),
  ],
  ['an operation without a response that took effect', [add(0, never, 5, 5), add(1, 2, 2, 7)]],
  ['an operation without a response that took no effect', [add(0, never, 5, 5), add(1, 2, 2, 2)]],
  ['a choice that must be undone', [add(0, 9, 1, 3), add(0, 9, 1, 1), add(0, 5, 1, 2)]],
])('%s is explained', (_what, history) => {
  expect(findContradiction(balance, history)).toBeUndefined();
});

test.each([
  ['a wrong sum', [add(0, 1, 5, 6)]],
  ['an effect that is lost', [add(0, 1, 5, 5), add(2, 3, 2, 2)]],
  ['an effect that came twice', [add(0, 1, 5, 5), add(2, 3, 2, 12)]],
  ['a response that refers to a later operation', [add(0, 1, 5, 7), add(2, 3, 2, 2)]],
  ['two operations with the same response', [add(0, 9, 1, 1), add(0, 9, 1, 1)]],
  ['one wrong response among many', [4, 3, 2, 2].map((told) => add(0, 9, 1, told))],
])('%s is a contradiction', (_what, history) => {
  expect(findContradiction(balance, history)).not.toBeUndefined();
});
