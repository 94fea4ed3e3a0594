/** A stream that is opened again whenever it breaks. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Connection, type Request } from '../../../src/client/connection.ts';
import { Unreachable } from '../../../src/client/errors.ts';
import { followEvents } from '../../../src/client/follow-events.ts';
import type { SeatlaneOptions } from '../../../src/client/options.ts';
import { Patience } from '../../../src/client/patience.ts';
import { collect } from '../../support/collect.ts';

const GET: Request = { method: 'GET', path: '/events', headers: { 'Queue-Token': 'q' } };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Streams that end one after another; an empty one is a connection that breaks. */
function streams(texts: readonly string[], options: Partial<SeatlaneOptions> = {}) {
  const asked: Record<string, string>[] = [];
  const live: boolean[] = [];
  const settings: SeatlaneOptions = {
    baseUrl: '',
    fetch: async (_, { headers }) => {
      const text = texts[asked.length] ?? '';
      asked.push(Object.fromEntries(new Headers(headers)));
      if (text === '') throw new TypeError('fetch failed');
      return new Response(text);
    },
    ...options,
  };
  const patience = new Patience(new Connection(settings), settings);
  const events = followEvents(
    patience,
    () => GET,
    (isLive) => live.push(isLive),
  );
  return { asked, live, events };
}

/** Lets time pass until it is over: pauses take no time here. */
async function settled<Outcome>(outcome: Promise<Outcome>): Promise<Outcome> {
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  outcome.then(over, over);
  while (!isOver) await vi.advanceTimersByTimeAsync(100);
  return outcome;
}

test('goes on after the last event that came', async () => {
  const { asked, events } = streams(['id: 1\ndata: a\n\nid: 2\ndata: b\n\n', '', 'data: c\n\n']);
  expect((await settled(collect(events, 3))).map(({ data }) => data)).toEqual(['a', 'b', 'c']);
  expect(asked).toEqual([
    { 'queue-token': 'q' },
    { 'queue-token': 'q', 'last-event-id': '2' },
    { 'queue-token': 'q', 'last-event-id': '2' },
  ]);
});

test('keeps the last id, also over a stream whose events had none', async () => {
  const { asked, events } = streams(['id: 1\ndata: a\n\n', 'data: b\n\n', 'data: c\n\n']);
  await settled(collect(events, 3));
  expect(asked[2]).toMatchObject({ 'last-event-id': '1' });
});

test('tells when the line is there, and when it is not', async () => {
  const { live, events } = streams(['data: a\n\n', '', 'data: b\n\n']);
  await settled(collect(events, 2));
  expect(live).toEqual([true, false, false, true]);
});

describe('retries', () => {
  test('are used up by connections that never come to life', async () => {
    const { asked, events } = streams(['data: a\n\n'], { retries: 2 });
    await expect(settled(collect(events))).rejects.toThrow(Unreachable);
    expect(asked).toHaveLength(3);
  });

  test('are counted anew after a sign of life, and be it a comment', async () => {
    const alive = Array.from({ length: 6 }, () => ': still there\n\n');
    const { events } = streams([...alive, 'data: a\n\n'], { retries: 1 });
    expect(await settled(collect(events, 1))).toMatchObject([{ data: 'a' }]);
  });
});
