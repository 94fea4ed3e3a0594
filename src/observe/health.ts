/** Whether a process can do its work: what both kinds of processes answer at `/health/ready`. */

const CHECK_MS_MAX = 2000;

export interface HealthChecks {
  /** What must be there, and how to ask it; whoever throws, or is silent for 2 s, is down. */
  checks: Readonly<Record<string, () => Promise<unknown>>>;
  isStopping(): boolean;
}

/** What a process says of itself; `down` names what cannot be reached. */
export interface Health {
  status: 'ok' | 'down' | 'stopping';
  down?: string[];
}

/** Asks everything that must be there, at once. @returns the health with its HTTP status, 200 or 503 */
export async function checkHealth({
  checks,
  isStopping,
}: HealthChecks): Promise<{ status: 200 | 503; body: Health }> {
  if (isStopping()) return { status: 503, body: { status: 'stopping' } };
  const names = Object.keys(checks);
  const answers = await Promise.allSettled(Object.values(checks).map(inTime));
  const down = names.filter((_, index) => answers[index]?.status === 'rejected');
  if (down.length > 0) return { status: 503, body: { status: 'down', down } };
  return { status: 200, body: { status: 'ok' } };
}

function inTime(check: () => Promise<unknown>): Promise<unknown> {
  const late = new Promise((_, reject) => {
    setTimeout(() => reject(new Error('no answer')), CHECK_MS_MAX).unref();
  });
  return Promise.race([check(), late]);
}
