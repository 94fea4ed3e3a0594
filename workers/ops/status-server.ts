/** What a worker process answers to those who run it: probes and figures, and nothing else. */
import { checkHealth, type HealthChecks } from '../../src/observe/health.ts';

export interface StatusDeps extends HealthChecks {
  metrics(): Promise<string>;
}

/** Answers `/metrics`, `/health/live` and `/health/ready`, without a token: the port is for insiders. */
export function answerStatus(deps: StatusDeps): (request: Request) => Promise<Response> {
  return async ({ method, url }) => {
    if (method !== 'GET' && method !== 'HEAD') return new Response(null, { status: 405 });
    switch (new URL(url).pathname) {
      case '/metrics':
        return new Response(await deps.metrics(), { headers: { 'Content-Type': 'text/plain' } });
      case '/health/live':
        return Response.json({ status: 'ok' });
      case '/health/ready': {
        const { status, body } = await checkHealth(deps);
        return Response.json(body, { status });
      }
      default:
        return new Response('There are /metrics, /health/live and /health/ready here.\n', {
          status: 404,
        });
    }
  };
}
