/** The public API as the page uses it: reads, and commands that are sent until their outcome is known. */
import { setClockBy } from './clock.ts';
import { admission, signOut, user } from './session.ts';

/** A no, by its code; `UNREACHABLE` where nobody answered. */
export class ApiProblem extends Error {
  readonly code: string;
  readonly about: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds: number | undefined;

  constructor(about: Record<string, unknown>, retryAfterSeconds?: number) {
    super(String(about.detail ?? about.title ?? 'The server cannot be reached.'));
    this.code = String(about.code ?? 'UNREACHABLE');
    this.about = about;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

interface Job {
  id: string;
  state: 'queued' | 'running' | 'succeeded' | 'rejected' | 'failed';
  result: unknown;
  problem: Record<string, unknown> | null;
}

/** How long the server may hold an answer back until the outcome is there, in seconds. */
const WAIT_SECONDS = 10;
/** What is worth another try with the same key: the first may have been taken, and is not done twice. */
const BUSY = new Set(['UNREACHABLE', 'SERVICE_UNAVAILABLE', 'LANE_FULL', 'RATE_LIMITED']);
const TRIES = 5;
const SIGNED_OUT = new Set(['TOKEN_NOT_PROVIDED', 'INVALID_TOKEN', 'TOKEN_EXPIRED']);
const NOT_ADMITTED = new Set(['QUEUE_TOKEN_INVALID', 'QUEUE_TOKEN_REQUIRED']);

export type Method = 'GET' | 'POST' | 'DELETE';

/** What a route answers. @throws ApiProblem */
export async function read<Body>(
  path: string,
  options: { signal?: AbortSignal } = {},
): Promise<Body> {
  const response = await send('GET', path, options);
  return (await response.json()) as Body;
}

/** Sends a command and waits for its outcome, however long it takes. @throws ApiProblem with its no */
export async function command<Result>(
  method: Method,
  path: string,
  body?: object,
): Promise<Result> {
  const headers = { 'Idempotency-Key': newKey(), Prefer: `wait=${WAIT_SECONDS}` };
  const response = await untilTaken(() => send(method, path, { headers, body }));
  let job = (await response.json()) as Job;
  while (job.state === 'queued' || job.state === 'running')
    job = await untilTaken(() => waitFor(job));
  if (job.state === 'succeeded') return job.result as Result;
  throw new ApiProblem(job.problem ?? {});
}

async function waitFor({ id }: Job): Promise<Job> {
  const headers = { Prefer: `wait=${WAIT_SECONDS}` };
  const response = await send('GET', `/jobs/${encodeURIComponent(id)}`, { headers });
  return (await response.json()) as Job;
}

async function untilTaken<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      const isBusy = error instanceof ApiProblem && BUSY.has(error.code);
      if (!isBusy || tries === TRIES) throw error;
      await pause(1000 * Math.min(10, error.retryAfterSeconds ?? tries));
    }
  }
}

/** A request as the signed-in and admitted user. @throws ApiProblem where the answer is none that was asked for */
export async function send(
  method: Method,
  path: string,
  options: {
    headers?: Record<string, string>;
    body?: object | undefined;
    signal?: AbortSignal;
  } = {},
): Promise<Response> {
  const accessToken = user.get()?.accessToken;
  const queueToken = admission.get()?.queueToken;
  const init: RequestInit = {
    method,
    headers: {
      ...(accessToken && { Authorization: `Bearer ${accessToken}` }),
      ...(queueToken && { 'Queue-Token': queueToken }),
      ...(options.body && { 'Content-Type': 'application/json' }),
      ...options.headers,
    },
    ...(options.body && { body: JSON.stringify(options.body) }),
    ...(options.signal && { signal: options.signal }),
  };
  const response = await fetch(path, init).catch((error) => {
    throw options.signal?.aborted ? error : new ApiProblem({});
  });
  setClockBy(response.headers.get('date'));
  if (response.ok) return response;
  const problem = await toProblem(response);
  if (SIGNED_OUT.has(problem.code) && user.get()?.accessToken === accessToken) signOut();
  const isSameAdmission = admission.get()?.queueToken === queueToken;
  if (NOT_ADMITTED.has(problem.code) && isSameAdmission) admission.set(null);
  throw problem;
}

async function toProblem(response: Response): Promise<ApiProblem> {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  const body = await response.json().catch(() => ({ code: 'INTERNAL_ERROR' }));
  return new ApiProblem(body, Number.isNaN(seconds) ? undefined : seconds);
}

/** `randomUUID` is there only where the page came by https or from this very machine. */
function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
