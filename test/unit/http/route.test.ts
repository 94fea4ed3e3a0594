/** The deadline of a route. The clock is moved by hand. */
import { Hono } from 'hono';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { defineRoute, type MountDeps, mountRoute } from '../../../src/http/route.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('a route that does not wait answers within 5 s, also where a wait is asked for', async () => {
  const nothing = () => undefined;
  const deps = {
    ...{ traces: undefined, log: pino({ level: 'silent' }), noticeProxy: nothing },
    metrics: { noteRequest: nothing, noteProblem: nothing },
    cors: { allow: nothing },
  } as unknown as MountDeps;
  const app = new Hono();
  const hung = defineRoute({
    ...{ method: 'get', path: '/concerts', operationId: 'hang', tag: 'concerts', summary: '' },
    access: 'open',
    answer: { status: 200, schema: z.object({}), description: '' },
    handle: () => new Promise<never>(() => undefined),
  });
  mountRoute(app, deps, hung);
  let status: number | undefined;
  const answered = async () => {
    ({ status } = await app.request('/concerts', { headers: { Prefer: 'wait=30' } }));
  };
  void answered();
  await vi.advanceTimersByTimeAsync(4900);
  expect(status).toBeUndefined();
  await vi.advanceTimersByTimeAsync(200);
  expect(status).toBe(503);
});
