/** What is sent again, and what is final. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Connection, type Request } from '../../../src/client/connection.ts';
import { ApiProblem, Refusal, Unreachable } from '../../../src/client/errors.ts';
import type { Retry, SeatlaneOptions } from '../../../src/client/options.ts';
import { Patience } from '../../../src/client/patience.ts';

const POST: Request = { method: 'POST', path: '/points/charge', idempotencyKey: 'k' };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Someone who gets these answers, one after another; 0 for a connection that breaks. */
function asking(statuses: readonly number[], options: Partial<SeatlaneOptions> = {}, extra = {}) {
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
  const outcome = new Patience(new Connection(settings), settings).ask(POST).then(
    () => 'answered',
    (error: unknown) => error,
  );
  return { outcome, keys, retries };
}

async function settled<Outcome>(outcome: Promise<Outcome>): Promise<Outcome> {
  await vi.runAllTimersAsync();
  return outcome;
}

test.each([0, 429, 500, 502, 503, 504])(
  '%i is asked for again, under the same key',
  async (status) => {
    const { outcome, keys } = asking([status, status]);
    expect(await settled(outcome)).toBe('answered');
    expect(keys).toEqual(['k', 'k', 'k']);
  },
);

test.each([400, 401, 403, 404, 409, 413, 415, 422])('%i is final', async (status) => {
  const { outcome, keys } = asking([status]);
  expect(await settled(outcome)).toBeInstanceOf(ApiProblem);
  expect(keys).toHaveLength(1);
});

test('a refusal is final whatever its status: it is the same for every retry', async () => {
  const { outcome, keys } = asking([503], {}, { jobId: 'user-1_x' });
  expect(await settled(outcome)).toBeInstanceOf(Refusal);
  expect(keys).toHaveLength(1);
});

test('who retries in vain hears how often, of what, and which key finds out', async () => {
  const { outcome, keys } = asking([0, 0, 0, 0, 0, 0, 0]);
  const error = await settled(outcome);
  expect(error).toBeInstanceOf(Unreachable);
  expect(error).toMatchObject({ tries: 6, idempotencyKey: 'k' });
  expect((error as Error).message).toBe(
    'POST /points/charge was tried 6 times in vain (fetch failed). It may have been accepted: ' +
      'retry with the idempotency key k.',
  );
  expect(keys).toHaveLength(6);
});

describe('retries', () => {
  test('are as many as one likes', async () => {
    const none = asking([503], { retries: 0 });
    expect(await settled(none.outcome)).toMatchObject({ name: 'Unreachable', tries: 1 });
    const endless = asking(Array(30).fill(0), { retries: Number.POSITIVE_INFINITY });
    expect(await settled(endless.outcome)).toBe('answered');
  });

  test('are told of before their pause', async () => {
    const { outcome, retries } = asking([503]);
    await settled(outcome);
    expect(retries).toEqual([
      {
        ...{ number: 1, delayMs: expect.any(Number), method: 'POST', path: '/points/charge' },
        ...{ idempotencyKey: 'k', error: expect.any(ApiProblem) },
      },
    ]);
  });
});
