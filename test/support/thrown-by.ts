/** Returns the error that a call throws, for tests with several expectations about it. */
import { expect } from 'vitest';

/** Fails if the call does not throw. */
export async function thrownBy(asked: Promise<unknown>): Promise<unknown> {
  const outcome = await asked.then(
    () => ({ hasThrown: false, error: undefined }),
    (error: unknown) => ({ hasThrown: true, error }),
  );
  expect(outcome.hasThrown, 'it should have thrown').toBe(true);
  return outcome.error;
}
