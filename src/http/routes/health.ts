/** Liveness, readiness and metrics, for operators and their tools. */
import { z } from 'zod';
import { checkHealth, checkServing, type HealthChecks } from '../../observe/health.ts';
import { respondJson } from '../respond.ts';
import { defineRoute, type Route } from '../route.ts';

export interface HealthDeps extends HealthChecks {
  metrics(): Promise<string>;
}

const health = z.object({
  status: z.enum(['ok', 'down', 'stopping']),
  down: z
    .array(z.string())
    .optional()
    .meta({ description: 'The services that cannot be reached.' }),
});

export function healthRoutes(deps: HealthDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/health/live',
      operationId: 'getLiveness',
      tag: 'health',
      summary: 'Check that the process is alive',
      access: 'open',
      response: { status: 200, schema: health, description: 'The process is alive.' },
      handle: () => respondJson({ status: 'ok' }),
    }),
    defineRoute({
      method: 'get',
      path: '/health/ready',
      operationId: 'getReadiness',
      tag: 'health',
      summary: 'Check that the process can serve requests',
      access: 'open',
      response: { status: 200, schema: health, description: 'The process can serve requests.' },
      otherResponses: {
        503: { description: 'A service is down; `down` names it.', schema: health },
      },
      async handle() {
        const { status, body } = await checkHealth(deps);
        return respondJson(body, { status });
      },
    }),
    defineRoute({
      method: 'get',
      path: '/health/serving',
      operationId: 'getServing',
      tag: 'health',
      summary: 'Check that a balancer may send requests to the process',
      access: 'open',
      response: {
        status: 200,
        schema: health,
        description: 'The process answers requests, also while a service is down.',
      },
      otherResponses: { 503: { description: 'The process is stopping.', schema: health } },
      handle() {
        const { status, body } = checkServing(deps);
        return respondJson(body, { status });
      },
    }),
    defineRoute({
      method: 'get',
      path: '/metrics',
      operationId: 'getMetrics',
      tag: 'health',
      summary: 'Get metrics for Prometheus',
      access: 'open',
      response: { status: 200, schema: z.string(), type: 'text/plain', description: 'Metrics.' },
      handle: async () =>
        new Response(await deps.metrics(), { headers: { 'Content-Type': 'text/plain' } }),
    }),
  ];
}
