/** One HTTP exchange with the API: address, access token, time limit, and what the answer means. */
import { AccessToken } from './access-token.ts';
import { retryAfterMs } from './backoff.ts';
import { Deadline } from './deadline.ts';
import {
  ApiProblem,
  CommandFailed,
  Interrupted,
  type ProblemDocument,
  Refusal,
  SeatlaneError,
} from './errors.ts';
import { readEvents, type ServerEvent } from './event-stream.ts';
import type { Fetch, SeatlaneOptions } from './options.ts';
import { untilAborted } from './pause.ts';

/** The API sends a sign of life each 15 s. */
const SILENT_MS_MAX = 40_000;
const TIMEOUT_SECONDS = 30;

export interface Request {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  query?: object;
  body?: object;
  headers?: Record<string, string>;
  /** How long the API is asked to hold the request back, in seconds. */
  waitSeconds?: number | undefined;
  idempotencyKey?: string | undefined;
  signal?: AbortSignal | undefined;
}

export interface Answer<Body> {
  headers: Headers;
  body: Body;
}

/** Signs of life of a stream. */
export interface StreamSigns {
  onOpen(): void;
  /** Something came, a comment too. */
  onPiece(): void;
}

export class Connection {
  readonly #base: string;
  readonly #fetch: Fetch;
  readonly #token: AccessToken;
  readonly #timeoutMs: number;

  constructor({ baseUrl, token, fetch: given, timeoutSeconds }: SeatlaneOptions) {
    this.#base = baseUrl.replace(/\/+$/, '');
    // Browsers let nobody call their `fetch` as a method of something else.
    this.#fetch = given ?? ((url, init) => fetch(url, init));
    this.#token = new AccessToken(token);
    this.#timeoutMs = (timeoutSeconds ?? TIMEOUT_SECONDS) * 1000;
  }

  /** @throws ProblemError, or Interrupted where nothing usable came */
  async exchange<Body>(request: Request): Promise<Answer<Body>> {
    const deadline = new Deadline(request.signal);
    try {
      const response = await this.#send(request, deadline);
      const { headers } = response;
      const body = await carried(response.json(), request.signal);
      return { headers, body: body as Body };
    } finally {
      deadline.end();
    }
  }

  /** The events of a stream until it ends. @throws as `exchange` does */
  async *events(
    request: Request,
    { onOpen, onPiece }: StreamSigns,
  ): AsyncGenerator<ServerEvent, void, undefined> {
    const deadline = new Deadline(request.signal);
    try {
      const response = await this.#send(request, deadline);
      deadline.set(SILENT_MS_MAX);
      onOpen();
      const events = readEvents(response.body as ReadableStream<Uint8Array>, () => {
        deadline.set(SILENT_MS_MAX);
        onPiece();
      });
      try {
        for (;;) {
          const { done, value } = await carried(events.next(), request.signal);
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

  /** An answer that is none of an error; one with 401 is asked for once more with another token. */
  async #send(request: Request, deadline: Deadline): Promise<Response> {
    const { signal } = request;
    const token = await untilAborted(this.#token.get(), signal);
    let response = await this.#sendOnce(request, token, deadline);
    if (response.status === 401) {
      const other = await untilAborted(this.#token.replace(token), signal);
      if (other !== undefined) {
        await carried(response.arrayBuffer(), signal);
        response = await this.#sendOnce(request, other, deadline);
      }
    }
    if (response.ok) return response;
    throw toError(response, await carried(response.text(), signal));
  }

  async #sendOnce(
    request: Request,
    token: string | undefined,
    deadline: Deadline,
  ): Promise<Response> {
    const { method, path, query, body, waitSeconds = 0, idempotencyKey, signal } = request;
    // A header that cannot be sent is the caller's mistake: no retry would mend it.
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
    const response = await carried(sent, signal);
    deadline.set(this.#timeoutMs);
    return response;
  }
}

/** Tells the caller's abort from everything else that can happen on the way. */
async function carried<Value>(
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

/** What is undefined is left out. */
function queryOf(query: object = {}): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) given.set(name, String(value));
  }
  return given.size === 0 ? '' : `?${given}`;
}

/** A problem that names a job is the outcome of a command; all others are the request's own. */
function toError(response: Response, text: string): ApiProblem | CommandFailed | Refusal {
  const problem = problemOf(response, text);
  const askedForMs = retryAfterMs(response.headers);
  if (problem.jobId === undefined) return new ApiProblem(problem, askedForMs);
  if (problem.code === 'COMMAND_FAILED') return new CommandFailed(problem, problem.jobId);
  return new Refusal(problem, problem.jobId, askedForMs);
}

function problemOf({ status, statusText }: Response, text: string): ProblemDocument {
  const detail = 'The answer was no problem document: it came from something before the API.';
  const foreign = { type: 'about:blank', title: statusText, status, detail };
  try {
    const body = JSON.parse(text);
    if (typeof body.code === 'string') return { ...foreign, ...body, status };
  } catch {
    // A gateway in between answers with a page of its own.
  }
  return { ...foreign, code: `HTTP_${status}` };
}
