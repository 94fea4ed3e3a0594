/** Which polls of the board count. */
import { expect, test } from 'vitest';
import { PollOrder } from '../../../../../src/web/board/rush/poll-order.ts';

const [A, B] = [1, 2];

test('polls that end one after the other all count', () => {
  const order = new PollOrder();
  for (let turn = 0; turn < 3; turn += 1) expect(order.counts(order.begin(A), A)).toBe(true);
});

test('a poll of a queue that is not chosen any more does not count', () => {
  const order = new PollOrder();
  const late = order.begin(A);
  expect(order.counts(late, B)).toBe(false);
  expect(order.counts(order.begin(B), B)).toBe(true);
});

test('a poll that ends after a later one does not count, although its queue is chosen again', () => {
  const order = new PollOrder();
  const [first, second, third] = [order.begin(A), order.begin(B), order.begin(A)];
  expect(order.counts(third, A)).toBe(true);
  expect(order.counts(first, A)).toBe(false);
  expect(order.counts(second, A)).toBe(false);
});

test('a poll counts while a later one is under way', () => {
  const order = new PollOrder();
  const [first, second] = [order.begin(A), order.begin(A)];
  expect(order.counts(first, A)).toBe(true);
  expect(order.counts(second, A)).toBe(true);
});
