/** The readiness check that API and worker processes serve at `/health/ready`. */

const CHECK_MS_MAX = 2000;

export interface HealthChecks {
  /** A check for each dependency, by name. A dependency is down if its check rejects or takes longer than 2 s. */
  checks: Readonly<Record<string, () => Promise<unknown>>>;
  isStopping(): boolean;
}

/**
 * Whether a balancer may send requests to this process. It may while a service is away: the process answers with what it has, or
 * with 503 and `Retry-After`, while a balancer without processes could answer nothing.
 */
export function checkServing({ isStopping }: Pick<HealthChecks, 'isStopping'>): {
  status: 200 | 503;
  body: Health;
} {
  if (isStopping()) return { status: 503, body: { status: 'stopping' } };
  return { status: 200, body: { status: 'ok' } };
}

/** The body of the response; `down` names the dependencies that cannot be reached. */
export interface Health {
  status: 'ok' | 'down' | 'stopping';
  down?: string[];
}

/** Runs all checks concurrently. @returns the health with its HTTP status, 200 or 503 */
export async function checkHealth({
  checks,
  isStopping,
}: HealthChecks): Promise<{ status: 200 | 503; body: Health }> {
  const serving = checkServing({ isStopping });
  if (serving.status !== 200) return serving;
  const names = Object.keys(checks);
  const results = await Promise.allSettled(Object.values(checks).map(withTimeout));
  const down = names.filter((_, index) => results[index]?.status === 'rejected');
  if (down.length > 0) return { status: 503, body: { status: 'down', down } };
  return { status: 200, body: { status: 'ok' } };
}

function withTimeout(check: () => Promise<unknown>): Promise<unknown> {
  const timeout = new Promise((_, reject) => {
    const error = new Error(`The check did not finish within ${CHECK_MS_MAX} ms.`);
    setTimeout(reject, CHECK_MS_MAX, error).unref();
  });
  return Promise.race([check(), timeout]);
}
