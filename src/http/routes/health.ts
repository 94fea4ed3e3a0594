/** For those who run it: is it alive, can it serve, what does it do. */
import { z } from 'zod';
import { respondJson } from '../respond.ts';
import { defineRoute, type Route } from '../route.ts';

const CHECK_MS_MAX = 2000;

/** A service that must be there, and how to ask it. */
export interface HealthDeps {
  checks: Readonly<Record<string, () => Promise<unknown>>>;
  isStopping(): boolean;
  metrics(): Promise<string>;
}

const health = z.object({
  status: z.enum(['ok', 'down', 'stopping']),
  down: z.array(z.string()).optional().meta({ description: 'What cannot be reached.' }),
});

export function healthRoutes(deps: HealthDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/health/live',
      tag: 'health',
      summary: 'Does the process answer?',
      access: 'open',
      answer: { status: 200, schema: health, description: 'It does.' },
      handle: () => respondJson({ status: 'ok' }),
    }),
    defineRoute({
      method: 'get',
      path: '/health/ready',
      tag: 'health',
      summary: 'Can the process serve requests? 503 names what is down',
      access: 'open',
      answer: { status: 200, schema: health, description: 'It can.' },
      problems: ['SERVICE_UNAVAILABLE'],
      async handle() {
        if (deps.isStopping()) return respondJson({ status: 'stopping' }, { status: 503 });
        const names = Object.keys(deps.checks);
        const answers = await Promise.allSettled(Object.values(deps.checks).map(inTime));
        const down = names.filter((_, index) => answers[index]?.status === 'rejected');
        return down.length > 0
          ? respondJson({ status: 'down', down }, { status: 503 })
          : respondJson({ status: 'ok' });
      },
    }),
    defineRoute({
      method: 'get',
      path: '/metrics',
      tag: 'health',
      summary: 'Figures for Prometheus',
      access: 'open',
      answer: { status: 200, schema: z.string(), type: 'text/plain', description: 'Metrics.' },
      handle: async () =>
        new Response(await deps.metrics(), { headers: { 'Content-Type': 'text/plain' } }),
    }),
  ];
}

function inTime(check: () => Promise<unknown>): Promise<unknown> {
  const late = new Promise((_, reject) => {
    setTimeout(() => reject(new Error('no answer')), CHECK_MS_MAX).unref();
  });
  return Promise.race([check(), late]);
}
