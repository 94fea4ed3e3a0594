/** What callers can set: of a client once, and of each call. */
import type { SeatlaneError } from './errors.ts';

/** The part of `fetch` that is used; the global one serves in Node and in browsers. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface SeatlaneOptions {
  /** Where the API is, with the path that it stands under, if any: `http://localhost:3000`. */
  baseUrl: string;
  /**
   * An access token, or what gets one. A function is called for the first request, and once more when the
   * API answers 401. Without it only what is open to everybody can be read.
   */
  token?: string | (() => string | Promise<string>) | undefined;
  /** A queue token from before, such as of a page that was loaded anew. */
  queueToken?: string | undefined;
  /** In place of the global one. It must end when the signal says so. */
  fetch?: Fetch | undefined;
  /**
   * How long the API may hold a request back for its outcome, in seconds: 0 to 30, default 20. With 0 the job
   * is asked for again and again, with pauses that grow.
   */
  waitSeconds?: number | undefined;
  /** Has a job's states pushed where its outcome was not there within `waitSeconds`, in place of asking for them. */
  useEvents?: boolean | undefined;
  /** How long an answer may take beyond that before it counts as lost, in seconds, default 30. */
  timeoutSeconds?: number | undefined;
  /** How often a request is sent again after its first try, default 5; `Infinity` never gives up. */
  retries?: number | undefined;
  /** Told before each pause that a retry follows. */
  onRetry?: ((retry: Retry) => void) | undefined;
}

export interface Retry {
  /** 1 for the first retry of a request. */
  number: number;
  /** How long the pause before it is, in ms. */
  delayMs: number;
  method: string;
  path: string;
  /** Of commands. */
  idempotencyKey: string | undefined;
  /** What went wrong. */
  error: SeatlaneError;
}

export interface CallOptions {
  /** Ends the call: it rejects with the signal's reason. A command that was sent may take effect all the same. */
  signal?: AbortSignal | undefined;
}

export interface CommandOptions extends CallOptions {
  /** 1 to 255 characters of printable ASCII. One is made where it is left out. */
  idempotencyKey?: string | undefined;
}

export interface PageOptions extends CallOptions {
  /** Items a page, 1 to 100; the API's default is 20. */
  limit?: number | undefined;
  /** `nextCursor` of the page before. */
  cursor?: string | undefined;
}
