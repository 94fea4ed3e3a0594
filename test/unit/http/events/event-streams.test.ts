/** How often the streams of a process get a heartbeat, and when one ends because its client may no longer read it. */
import type { Context } from 'hono';
import { expect, onTestFinished, test, vi } from 'vitest';
import { EventStream } from '../../../../src/http/events/event-stream.ts';
import { EventStreams } from '../../../../src/http/events/event-streams.ts';

const HEARTBEAT_MS = 6000;

/** The context of a request whose response is ignored. */
const request = () =>
  ({
    env: { outgoing: { on() {}, req: { httpVersion: '1.1' } } },
    req: { method: 'GET' },
  }) as unknown as Context;

test.each([1, 5, 61, 200])('each of %i streams gets one in each period', (count) => {
  vi.useFakeTimers();
  const beat = vi.spyOn(EventStream.prototype, 'beat').mockImplementation(() => undefined);
  const streams = new EventStreams({ max: 1000, perUser: 1000 }, HEARTBEAT_MS);
  onTestFinished(() => {
    beat.mockRestore();
    vi.useRealTimers();
  });
  const opened = Array.from({ length: count }, () => streams.open(request(), 'ada'));
  vi.advanceTimersByTime(10 * HEARTBEAT_MS);
  const beats = new Map(opened.map((stream) => [stream, 0]));
  for (const stream of beat.mock.contexts as EventStream[]) {
    beats.set(stream, (beats.get(stream) ?? 0) + 1);
  }
  for (const times of beats.values()) {
    expect(times).toBeGreaterThanOrEqual(9);
    expect(times).toBeLessThanOrEqual(11);
  }
});

test('a stream ends with the first heartbeat after its client may no longer read it', async () => {
  vi.useFakeTimers();
  const beat = vi.spyOn(EventStream.prototype, 'beat').mockImplementation(() => undefined);
  const end = vi.spyOn(EventStream.prototype, 'end').mockImplementation(() => undefined);
  onTestFinished(() => {
    for (const each of [beat, end]) each.mockRestore();
    vi.useRealTimers();
  });
  const streams = new EventStreams({ max: 10, perUser: 10 }, HEARTBEAT_MS);
  const answers = [true, new Error('PostgreSQL is away.'), false];
  const stream = streams.open(request(), 'ada', async () => {
    const answer = answers.shift() ?? false;
    if (answer instanceof Error) throw answer;
    return answer;
  });
  streams.open(request(), 'bea');
  await vi.advanceTimersByTimeAsync(2 * HEARTBEAT_MS);
  expect(end.mock.contexts).toEqual([]);
  await vi.advanceTimersByTimeAsync(HEARTBEAT_MS);
  expect(end.mock.contexts).toEqual([stream]);
});
