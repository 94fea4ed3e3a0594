/** The deadline of a route. The tests set the clock. */
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

test('a route without waits responds within 5 s even if the client asks to wait', async () => {
  const nothing = () => undefined;
  const deps = {
    traces: undefined,
    log: pino({ level: 'silent' }),
    noticeProxy: nothing,
    metrics: { observeRequest: nothing, problemCounter: () => nothing },
    cors: { allow: nothing },
  } as unknown as MountDeps;
  const app = new Hono();
  const hung = defineRoute({
    method: 'get',
    path: '/concerts',
    operationId: 'hang',
    tag: 'concerts',
    summary: '',
    access: 'open',
    response: { status: 200, schema: z.object({}), description: '' },
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
