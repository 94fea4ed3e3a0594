/** What a call throws, for tests that look at it from several sides. */
import { expect } from 'vitest';

/** Fails where it throws nothing. */
export async function thrownBy(asked: Promise<unknown>): Promise<unknown> {
  const outcome = await asked.then(
    () => ({ hasThrown: false, error: undefined }),
    (error: unknown) => ({ hasThrown: true, error }),
  );
  expect(outcome.hasThrown, 'it should have thrown').toBe(true);
  return outcome.error;
}
