/** Calls a function with a request within an app. */
import { type Context, Hono } from 'hono';
import { expect } from 'vitest';
import { Problem } from '../../../src/http/problems/problems.ts';

/** The result of `read` for a request, or the problem that it throws. @param query such as `?limit=1` */
export async function outcomeOf<Result>(
  read: (c: Context) => Result | Promise<Result>,
  request: RequestInit = {},
  query = '',
): Promise<Result | Problem> {
  let outcome: Result | Problem | undefined;
  const app = new Hono().all('/', async (c) => {
    outcome = await Promise.resolve()
      .then(() => read(c))
      .catch((error: unknown) => {
        if (error instanceof Problem) return error;
        throw error;
      });
    return c.body(null);
  });
  const response = await app.request(`/${query}`, request);
  expect(response.status).toBe(200);
  return outcome as Result | Problem;
}
