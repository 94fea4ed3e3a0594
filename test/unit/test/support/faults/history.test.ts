/** The history checker finds what cannot have happened, and only that. */
import { expect, test } from 'vitest';
import { findContradiction, type Model } from '../../../../support/faults/history.ts';

/** A balance: a number is added; the answer tells the balance after it. */
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
  ['nothing at all', []],
  ['one after another', [add(0, 1, 5, 5), add(2, 3, 2, 7)]],
  ['at the same time, in the order of sending', [add(0, 9, 5, 5), add(1, 8, 2, 7)]],
  ['at the same time, the other way round', [add(0, 9, 5, 7), add(1, 8, 2, 2)]],
  ['many at once, in one order only', [4, 3, 2, 1].map((told) => add(0, 9, 1, told))],
  ['one that was never answered and took effect', [add(0, never, 5, 5), add(1, 2, 2, 7)]],
  ['one that was never answered and took none', [add(0, never, 5, 5), add(1, 2, 2, 2)]],
  ['a choice that has to be taken back', [add(0, 9, 1, 3), add(0, 9, 1, 1), add(0, 5, 1, 2)]],
])('%s is explained', (_what, history) => {
  expect(findContradiction(balance, history)).toBeUndefined();
});

test.each([
  ['a wrong sum', [add(0, 1, 5, 6)]],
  ['an effect that is lost', [add(0, 1, 5, 5), add(2, 3, 2, 2)]],
  ['an effect that came twice', [add(0, 1, 5, 5), add(2, 3, 2, 12)]],
  ['an answer from before the question', [add(0, 1, 5, 7), add(2, 3, 2, 2)]],
  ['two that were told the same', [add(0, 9, 1, 1), add(0, 9, 1, 1)]],
  ['the wrong one among many', [4, 3, 2, 2].map((told) => add(0, 9, 1, told))],
])('%s is a contradiction', (_what, history) => {
  expect(findContradiction(balance, history)).not.toBeUndefined();
});
