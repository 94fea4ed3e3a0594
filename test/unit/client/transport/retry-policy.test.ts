/** Which failures are retried, and which are final. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ApiProblem, Refusal, Unreachable } from '../../../../src/client/errors.ts';
import type { Retry, SeatlaneOptions } from '../../../../src/client/options.ts';
import { Connection, type Request } from '../../../../src/client/transport/connection.ts';
import { RetryPolicy } from '../../../../src/client/transport/retry-policy.ts';

const POST: Request = { method: 'POST', path: '/points/charge', idempotencyKey: 'k' };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Sends a request to an API that responds with these statuses, one after another; 0 is a failed connection. */
function send(statuses: readonly number[], options: Partial<SeatlaneOptions> = {}, extra = {}) {
  const keys: (string | null)[] = [];
  const retries: Retry[] = [];
  const settings: SeatlaneOptions = {
    baseUrl: '',
    onRetry: (retry) => retries.push(retry),
    fetch: async (_, { headers }) => {
      const status = statuses[keys.length] ?? 200;
      keys.push(new Headers(headers).get('idempotency-key'));
      if (status === 0) throw new TypeError('fetch failed');
      return Response.json({ code: 'X', detail: '', ...extra }, { status });
    },
    ...options,
  };
  const outcome = new RetryPolicy(new Connection(settings), settings).send(POST).then(
    () => 'responded',
    (error: unknown) => error,
  );
  return { outcome, keys, retries };
}

async function settled<Outcome>(outcome: Promise<Outcome>): Promise<Outcome> {
  await vi.runAllTimersAsync();
  return outcome;
}

test.each([0, 429, 500, 502, 503, 504])(
  'a request with the status %i is retried with the same key',
  async (status) => {
    const { outcome, keys } = send([status, status]);
    expect(await settled(outcome)).toBe('responded');
    expect(keys).toEqual(['k', 'k', 'k']);
  },
);

test.each([400, 401, 403, 404, 409, 413, 415, 422])('the status %i is final', async (status) => {
  const { outcome, keys } = send([status]);
  expect(await settled(outcome)).toBeInstanceOf(ApiProblem);
  expect(keys).toHaveLength(1);
});

test('a refusal is final whatever its status, because every retry has the same outcome', async () => {
  const { outcome, keys } = send([503], {}, { jobId: 'user-1_x' });
  expect(await settled(outcome)).toBeInstanceOf(Refusal);
  expect(keys).toHaveLength(1);
});

test('the error after the last retry names the request, the number of tries and the idempotency key', async () => {
  const { outcome, keys } = send([0, 0, 0, 0, 0, 0, 0]);
  const error = await settled(outcome);
  expect(error).toBeInstanceOf(Unreachable);
  expect(error).toMatchObject({ tries: 6, idempotencyKey: 'k' });
  expect((error as Error).message).toBe(
    'POST /points/charge failed after 6 tries (fetch failed). The command may have been accepted: ' +
      'retry it with the idempotency key k.',
  );
  expect(keys).toHaveLength(6);
});

describe('retries', () => {
  test('can be disabled or unlimited', async () => {
    const none = send([503], { retries: 0 });
    expect(await settled(none.outcome)).toMatchObject({ name: 'Unreachable', tries: 1 });
    const endless = send(Array(30).fill(0), { retries: Number.POSITIVE_INFINITY });
    expect(await settled(endless.outcome)).toBe('responded');
  });

  test('are reported to onRetry before their delay', async () => {
    const { outcome, retries } = send([503]);
    await settled(outcome);
    expect(retries).toEqual([
      {
        number: 1,
        delayMs: expect.any(Number),
        method: 'POST',
        path: '/points/charge',
        idempotencyKey: 'k',
        error: expect.any(ApiProblem),
      },
    ]);
  });
});
