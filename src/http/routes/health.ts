/** For those who run it: is it alive, can it serve, what does it do. */
import { z } from 'zod';
import { checkHealth, type HealthChecks } from '../../observe/health.ts';
import { respondJson } from '../respond.ts';
import { defineRoute, type Route } from '../route.ts';

export interface HealthDeps extends HealthChecks {
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
      operationId: 'getLiveness',
      tag: 'health',
      summary: 'Does the process answer?',
      access: 'open',
      answer: { status: 200, schema: health, description: 'It does.' },
      handle: () => respondJson({ status: 'ok' }),
    }),
    defineRoute({
      method: 'get',
      path: '/health/ready',
      operationId: 'getReadiness',
      tag: 'health',
      summary: 'Can the process serve requests? 503 names what is down',
      access: 'open',
      answer: { status: 200, schema: health, description: 'It can.' },
      otherAnswers: { 503: { description: 'It cannot.', schema: health } },
      async handle() {
        const { status, body } = await checkHealth(deps);
        return respondJson(body, { status });
      },
    }),
    defineRoute({
      method: 'get',
      path: '/metrics',
      operationId: 'getMetrics',
      tag: 'health',
      summary: 'Figures for Prometheus',
      access: 'open',
      answer: { status: 200, schema: z.string(), type: 'text/plain', description: 'Metrics.' },
      handle: async () =>
        new Response(await deps.metrics(), { headers: { 'Content-Type': 'text/plain' } }),
    }),
  ];
}
