/** Serves the health probes and metrics of a worker process. */
import { checkHealth, type HealthChecks } from '../../src/observe/health.ts';

export interface StatusDeps extends HealthChecks {
  metrics(): Promise<string>;
}

/** Serves `/metrics`, `/health/live` and `/health/ready` without authentication; the port must not be public. */
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
        return new Response('Not found. Use /metrics, /health/live or /health/ready.\n', {
          status: 404,
        });
    }
  };
}
