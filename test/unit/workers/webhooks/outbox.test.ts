/** How often and when messages to webhooks are sent again. */
import { expect, test } from 'vitest';
import { retryOptions } from '../../../../workers/webhooks/outbox.ts';

test('a message is sent eight times, with growing and scattered pauses from five seconds', () => {
  expect(retryOptions()).toMatchObject({
    attempts: 8,
    backoff: { type: 'exponential', delay: 5000, jitter: 0.3 },
  });
});

test('the first pause can be made shorter', () => {
  expect(retryOptions(20).backoff.delay).toBe(20);
});

test('a message that was taken is kept for a while, so that a repeat is swallowed', () => {
  expect(retryOptions().removeOnComplete).toEqual({ age: 3600, count: 10_000 });
});
