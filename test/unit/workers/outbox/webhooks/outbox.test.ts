/** The retry policy of webhook messages. */
import { expect, test } from 'vitest';
import { retryOptions } from '../../../../../workers/outbox/webhooks/outbox.ts';

test('a message is tried eight times, with growing delays from five seconds and jitter', () => {
  expect(retryOptions()).toMatchObject({
    attempts: 8,
    backoff: { type: 'exponential', delay: 5000, jitter: 0.3 },
  });
});

test('the first delay can be shortened', () => {
  expect(retryOptions(20).backoff.delay).toBe(20);
});

test('a delivered message is kept for a while to deduplicate repeats', () => {
  expect(retryOptions().removeOnComplete).toEqual({ age: 3600, count: 10_000 });
});
