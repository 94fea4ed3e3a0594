/**
 * A single HTTP exchange with the API: URL, access token, timeout, and the mapping of error responses to exceptions.
 */

import {
  ApiProblem,
  CommandFailed,
  Interrupted,
  type ProblemDocument,
  Refusal,
  SeatlaneError,
} from '../errors.ts';
import type { Fetch, SeatlaneOptions } from '../options.ts';
import { AccessToken } from './access-token.ts';
import { retryAfterMs } from './backoff.ts';
import { Deadline } from './deadline.ts';
import { readEvents, type ServerEvent } from './event-stream.ts';
import { untilAborted } from './sleep.ts';

/** A stream without data for this long is broken: the API sends a comment every 15 s. */
const SILENT_MS_MAX = 40_000;
const TIMEOUT_SECONDS = 30;

export interface Request {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  query?: object;
  body?: object;
  headers?: Record<string, string>;
  /** How long the API may wait for the outcome before it responds (`Prefer: wait`), in seconds. */
  waitSeconds?: number | undefined;
  idempotencyKey?: string | undefined;
  signal?: AbortSignal | undefined;
  /** The response is text, not JSON. */
  isText?: boolean;
}

export interface ApiResponse<Body> {
  headers: Headers;
  body: Body;
}

export interface StreamCallbacks {
  onOpen(): void;
  /** Called for each chunk of data, also for comments. */
  onData(): void;
}

export class Connection {
  readonly #base: string;
  readonly #fetch: Fetch;
  readonly #token: AccessToken;
  readonly #timeoutMs: number;

  constructor({ baseUrl, token, fetch: given, timeoutSeconds }: SeatlaneOptions) {
    this.#base = baseUrl.replace(/\/+$/, '');
    // In browsers `fetch` throws when it is called as a method of another object.
    this.#fetch = given ?? ((url, init) => fetch(url, init));
    this.#token = new AccessToken(token);
    this.#timeoutMs = (timeoutSeconds ?? TIMEOUT_SECONDS) * 1000;
  }

  /** @throws ProblemError for an error response, Interrupted if there was no complete response */
  async exchange<Body>(request: Request): Promise<ApiResponse<Body>> {
    const deadline = new Deadline(request.signal);
    try {
      const response = await this.#send(request, deadline);
      const { headers } = response;
      const read = request.isText ? response.text() : response.json();
      const body = await orInterrupted(read, request.signal);
      return { headers, body: body as Body };
    } finally {
      deadline.end();
    }
  }

  /** Yields the events of a stream until it ends. @throws the same errors as `exchange` */
  async *events(
    request: Request,
    { onOpen, onData }: StreamCallbacks,
  ): AsyncGenerator<ServerEvent, void, undefined> {
    const deadline = new Deadline(request.signal);
    try {
      const response = await this.#send(request, deadline);
      deadline.set(SILENT_MS_MAX);
      onOpen();
      const events = readEvents(response.body as ReadableStream<Uint8Array>, () => {
        deadline.set(SILENT_MS_MAX);
        onData();
      });
      try {
        for (;;) {
          const { done, value } = await orInterrupted(events.next(), request.signal);
          if (done) return;
          yield value;
        }
      } finally {
        await events.return(undefined);
      }
    } finally {
      deadline.end();
    }
  }

  /** Returns a successful response. After a 401 the request is sent once more with a new token. */
  async #send(request: Request, deadline: Deadline): Promise<Response> {
    const { signal } = request;
    const token = await untilAborted(this.#token.get(), signal);
    let response = await this.#sendOnce(request, token, deadline);
    if (response.status === 401) {
      const newToken = await untilAborted(this.#token.replace(token), signal);
      if (newToken !== undefined) {
        await orInterrupted(response.arrayBuffer(), signal);
        response = await this.#sendOnce(request, newToken, deadline);
      }
    }
    if (response.ok) return response;
    throw toError(response, await orInterrupted(response.text(), signal));
  }

  async #sendOnce(
    request: Request,
    token: string | undefined,
    deadline: Deadline,
  ): Promise<Response> {
    const { method, path, query, body, waitSeconds = 0, idempotencyKey, signal } = request;
    // Throws here if a header has invalid characters: that is the caller's mistake, and a retry would not help.
    const headers = new Headers({
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...(waitSeconds > 0 && { Prefer: `wait=${waitSeconds}` }),
      ...(idempotencyKey !== undefined && { 'Idempotency-Key': idempotencyKey }),
      ...(body && { 'Content-Type': 'application/json' }),
      ...request.headers,
    });
    const init = { method, headers, signal: deadline.signal };
    deadline.set(waitSeconds * 1000 + this.#timeoutMs);
    const url = this.#base + path + queryOf(query);
    const sent = this.#fetch(url, body ? { ...init, body: JSON.stringify(body) } : init);
    const response = await orInterrupted(sent, signal);
    deadline.set(this.#timeoutMs);
    return response;
  }
}

/** Turns a network error into Interrupted, unless the caller has aborted: then the signal's reason is thrown. */
async function orInterrupted<Value>(
  promise: Promise<Value>,
  signal: AbortSignal | undefined,
): Promise<Value> {
  try {
    return await promise;
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof SeatlaneError ? error : new Interrupted(error);
  }
}

/** Encodes the query; undefined values are omitted. */
function queryOf(query: object = {}): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) given.set(name, String(value));
  }
  return given.size === 0 ? '' : `?${given}`;
}

/** A problem with a job id is the outcome of a command; without one the request itself was refused. */
function toError(response: Response, text: string): ApiProblem | CommandFailed | Refusal {
  const problem = problemOf(response, text);
  const delayMs = retryAfterMs(response.headers);
  if (problem.jobId === undefined) return new ApiProblem(problem, delayMs);
  if (problem.code === 'COMMAND_FAILED') return new CommandFailed(problem, problem.jobId);
  return new Refusal(problem, problem.jobId, delayMs);
}

function problemOf({ status, statusText }: Response, text: string): ProblemDocument {
  const detail =
    'The response is not a problem document; it probably came from a gateway in front of the API.';
  const fallback = { type: 'about:blank', title: statusText, status, detail };
  try {
    const body = JSON.parse(text);
    if (typeof body.code === 'string') return { ...fallback, ...body, status };
  } catch {
    // A gateway may respond with an HTML page.
  }
  return { ...fallback, code: `HTTP_${status}` };
}
