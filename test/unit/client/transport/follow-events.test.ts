/** An event stream that reconnects when it breaks. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Unreachable } from '../../../../src/client/errors.ts';
import type { SeatlaneOptions } from '../../../../src/client/options.ts';
import { Connection, type Request } from '../../../../src/client/transport/connection.ts';
import { followEvents } from '../../../../src/client/transport/follow-events.ts';
import { RetryPolicy } from '../../../../src/client/transport/retry-policy.ts';
import { collect } from '../../../support/collect.ts';

const GET: Request = { method: 'GET', path: '/events', headers: { 'Queue-Token': 'q' } };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** An API whose connections deliver these texts, one after another; an empty text is a failed connection. */
function streams(texts: readonly string[], options: Partial<SeatlaneOptions> = {}) {
  const requests: Record<string, string>[] = [];
  const live: boolean[] = [];
  const settings: SeatlaneOptions = {
    baseUrl: '',
    fetch: async (_, { headers }) => {
      const text = texts[requests.length] ?? '';
      requests.push(Object.fromEntries(new Headers(headers)));
      if (text === '') throw new TypeError('fetch failed');
      return new Response(text);
    },
    ...options,
  };
  const retryPolicy = new RetryPolicy(new Connection(settings), settings);
  const events = followEvents(
    retryPolicy,
    () => GET,
    (isLive) => live.push(isLive),
  );
  return { requests, live, events };
}

/** Advances the fake clock until the promise is settled. */
async function settled<Outcome>(outcome: Promise<Outcome>): Promise<Outcome> {
  let isSettled = false;
  const markSettled = () => {
    isSettled = true;
  };
  outcome.then(markSettled, markSettled);
  while (!isSettled) await vi.advanceTimersByTimeAsync(100);
  return outcome;
}

test('a reconnect resumes after the last event received', async () => {
  const { requests, events } = streams(['id: 1\ndata: a\n\nid: 2\ndata: b\n\n', '', 'data: c\n\n']);
  expect((await settled(collect(events, 3))).map(({ data }) => data)).toEqual(['a', 'b', 'c']);
  expect(requests).toEqual([
    { 'queue-token': 'q' },
    { 'queue-token': 'q', 'last-event-id': '2' },
    { 'queue-token': 'q', 'last-event-id': '2' },
  ]);
});

test('the last event id is kept across a connection whose events have none', async () => {
  const { requests, events } = streams(['id: 1\ndata: a\n\n', 'data: b\n\n', 'data: c\n\n']);
  await settled(collect(events, 3));
  expect(requests[2]).toMatchObject({ 'last-event-id': '1' });
});

test('onLive reports each connect and each break', async () => {
  const { live, events } = streams(['data: a\n\n', '', 'data: b\n\n']);
  await settled(collect(events, 2));
  expect(live).toEqual([true, false, false, true]);
});

describe('retries', () => {
  test('are used up by connections that deliver no data', async () => {
    const { requests, events } = streams(['data: a\n\n'], { retries: 2 });
    await expect(settled(collect(events))).rejects.toThrow(Unreachable);
    expect(requests).toHaveLength(3);
  });

  test('are counted from zero after any data, even a comment', async () => {
    const alive = Array.from({ length: 6 }, () => ': still there\n\n');
    const { events } = streams([...alive, 'data: a\n\n'], { retries: 1 });
    expect(await settled(collect(events, 1))).toMatchObject([{ data: 'a' }]);
  });
});
