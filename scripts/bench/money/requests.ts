/** Requests of a buyer who does not give up: processes that were killed answer later, and the idempotency key stays the same. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Answered {
  status: number;
  body: any;
}

/** The credentials of a request, as headers. */
export type Headed = Readonly<Record<string, string>>;

export interface Requests {
  get(path: string, headers: Headed): Promise<Answered>;
  /** Sends a command until its outcome is known. @returns the finished job, or the refusal */
  command(method: string, path: string, headers: Headed, body?: object): Promise<Answered>;
  /** How many requests were sent again. */
  repeated: number;
}

/** How long a server that does not answer is waited for, in ms. */
const GIVEN_UP_MS = 300_000;
const TIMEOUT_MS = 40_000;
const WAIT_SECONDS = 20;

/** @param url of the API, without a trailing slash */
export function requestsTo(url: string): Requests {
  const isUnknown = ({ status, body }: Answered) =>
    status === 202 || status === 429 || status === 503 || body?.state === 'queued';
  const once = async (method: string, path: string, headers: Headed, body?: object) => {
    const response = await fetch(url + path, {
      method,
      headers: { ...headers, ...(body && { 'Content-Type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  };
  const requests: Requests = {
    repeated: 0,
    get: (path, headers) => untilKnown('GET', path, headers),
    command: (method, path, headers, body) =>
      untilKnown(
        method,
        path,
        { ...headers, 'Idempotency-Key': randomUUID(), Prefer: `wait=${WAIT_SECONDS}` },
        body,
      ),
  };
  const untilKnown = async (method: string, path: string, headers: Headed, body?: object) => {
    const end = Date.now() + GIVEN_UP_MS;
    for (;;) {
      const answer = await once(method, path, headers, body).catch((error: unknown) => {
        if (Date.now() > end) throw error;
        return undefined;
      });
      if (answer && !isUnknown(answer)) return answer;
      if (Date.now() > end) throw new Error(`${method} ${path} had no outcome in time.`);
      requests.repeated += 1;
      await sleep(200 + 800 * Math.random());
    }
  };
  return requests;
}
