/** A job that is watched over a line that breaks. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Connection } from '../../../src/client/connection.ts';
import { watchJob } from '../../../src/client/job-states.ts';
import type { SeatlaneOptions } from '../../../src/client/options.ts';
import { Patience } from '../../../src/client/patience.ts';
import { collect } from '../../support/collect.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('each state comes once, though each connection begins with the job as it is', async () => {
  const event = (state: string) => `event: job\ndata: {"id":"user-1_x","state":"${state}"}\n\n`;
  const streams = [event('queued'), event('queued') + event('running'), event('running')];
  const asked: string[] = [];
  const settings: SeatlaneOptions = {
    baseUrl: '',
    fetch: async (url) => {
      asked.push(url);
      return new Response(streams[asked.length - 1] ?? `${event('succeeded')}event: more\n\n`);
    },
  };
  const watching = collect(
    watchJob(new Patience(new Connection(settings), settings), 'user-1_x', {}),
  );
  await vi.runAllTimersAsync();
  const states = (await watching).map(({ state }) => state);
  expect(states).toEqual(['queued', 'running', 'succeeded']);
  expect(asked).toEqual(Array(4).fill('/jobs/user-1_x/events'));
});
