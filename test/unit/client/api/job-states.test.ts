/** Watching a job over connections that break. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchJob } from '../../../../src/client/api/job-states.ts';
import type { SeatlaneOptions } from '../../../../src/client/options.ts';
import { Connection } from '../../../../src/client/transport/connection.ts';
import { RetryPolicy } from '../../../../src/client/transport/retry-policy.ts';
import { collect } from '../../../support/collect.ts';
import { thrownBy } from '../../../support/thrown-by.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('each state is yielded once, although each connection begins with the current state', async () => {
  const event = (state: string) => `event: job\ndata: {"id":"user-1_x","state":"${state}"}\n\n`;
  const streams = [event('queued'), event('queued') + event('running'), event('running')];
  const urls: string[] = [];
  const settings: SeatlaneOptions = {
    baseUrl: '',
    fetch: async (url) => {
      urls.push(url);
      return new Response(streams[urls.length - 1] ?? `${event('succeeded')}event: more\n\n`);
    },
  };
  const watching = collect(
    watchJob(new RetryPolicy(new Connection(settings), settings), 'user-1_x', {}),
  );
  await vi.runAllTimersAsync();
  const states = (await watching).map(({ state }) => state);
  expect(states).toEqual(['queued', 'running', 'succeeded']);
  expect(urls).toEqual(Array(4).fill('/jobs/user-1_x/events'));
});

test('a stream that cannot be reached leaves the key of the command', async () => {
  const settings: SeatlaneOptions = {
    baseUrl: '',
    retries: 1,
    fetch: () => Promise.reject(new Error('reset')),
  };
  const policy = new RetryPolicy(new Connection(settings), settings);
  const watching = thrownBy(collect(watchJob(policy, 'user-1_x', { idempotencyKey: 'the key' })));
  await vi.runAllTimersAsync();
  expect(await watching).toMatchObject({ name: 'Unreachable', idempotencyKey: 'the key' });
});
