/** The options of a client and of each call. */
import type { SeatlaneError } from './errors.ts';

/** The part of `fetch` that the client uses. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface SeatlaneOptions {
  /** The URL of the API, with its path prefix if it has one: `http://localhost:3000`. */
  baseUrl: string;
  /**
   * An access token, or a function that returns one. The function is called for the first request, and again after a
   * 401 response. Without a token only public routes can be read.
   */
  token?: string | (() => string | Promise<string>) | undefined;
  /** A queue token from an earlier client, for example from before a page was reloaded. */
  queueToken?: string | undefined;
  /** Replaces the global `fetch`. It must reject when its signal is aborted. */
  fetch?: Fetch | undefined;
  /**
   * How long the API may wait for the outcome before it responds, in seconds: 0 to 30, default 20. With 0 the client
   * polls the job with growing delays.
   */
  waitSeconds?: number | undefined;
  /** Reads the job's event stream instead of polling if there is no outcome within `waitSeconds`. */
  useEvents?: boolean | undefined;
  /** The timeout of a request in seconds, in addition to `waitSeconds`; default 30. */
  timeoutSeconds?: number | undefined;
  /** The number of retries of a request, default 5; `Infinity` retries forever. */
  retries?: number | undefined;
  /** Called before the delay of each retry. */
  onRetry?: ((retry: Retry) => void) | undefined;
}

export interface Retry {
  /** 1 for the first retry of a request. */
  number: number;
  /** The delay before the retry, in ms. */
  delayMs: number;
  method: string;
  path: string;
  /** Undefined for reads. */
  idempotencyKey: string | undefined;
  /** Why the previous try failed. */
  error: SeatlaneError;
}

export interface CallOptions {
  /** Aborts the call, which rejects with the signal's reason. A command that was already sent may still take effect. */
  signal?: AbortSignal | undefined;
}

export interface CommandOptions extends CallOptions {
  /** 1 to 255 printable ASCII characters. The client generates one by default. */
  idempotencyKey?: string | undefined;
}

export interface PageOptions extends CallOptions {
  /** Items per page, 1 to 100; the API's default is 20. */
  limit?: number | undefined;
  /** `nextCursor` of the previous page. */
  cursor?: string | undefined;
}
