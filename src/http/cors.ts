/**
 * CORS: which pages of other origins may call the API from a browser. The headers go straight onto Node's response, so
 * that event streams, which write to the socket themselves, and problem answers carry them too.
 */
import type { ServerResponse } from 'node:http';
import type { Context } from 'hono';
import { headerOf } from './request.ts';

const METHODS = 'GET, HEAD, POST, DELETE';
const REQUEST_HEADERS = [
  ...['Authorization', 'Queue-Token', 'Idempotency-Key', 'Prefer', 'Content-Type'],
  ...['Last-Event-ID', 'If-None-Match', 'X-Request-Id', 'traceparent'],
].join(', ');
const EXPOSED_HEADERS = [
  ...['Location', 'Retry-After', 'ETag', 'Preference-Applied', 'X-Request-Id', 'Link'],
  ...['Allow', 'WWW-Authenticate'],
].join(', ');
/** Chromium keeps a preflight for two hours at most. */
const PREFLIGHT_SECONDS = '7200';

export class Cors {
  readonly #origins: ReadonlySet<string>;
  readonly #allowsAll: boolean;

  /** @param origins as browsers send them, such as `https://shop.example`; `*` for all; none switches CORS off */
  constructor(origins: readonly string[]) {
    this.#origins = new Set(origins);
    this.#allowsAll = this.#origins.has('*');
  }

  /**
   * Lets the browser hand the answer to a page of an allowed origin. Paths under `/admin` stay closed.
   * @returns whether the request comes from an allowed origin
   */
  allow(c: Context): boolean {
    if (this.#origins.size === 0 || /^\/admin(\/|$)/.test(c.req.path)) return false;
    const { outgoing } = (c.env ?? {}) as { outgoing?: ServerResponse };
    // A cache must not give the answer for one origin to another.
    if (!this.#allowsAll) outgoing?.setHeader('Vary', 'Origin');
    const origin = headerOf(c, 'origin');
    if (origin === undefined || !(this.#allowsAll || this.#origins.has(origin))) return false;
    outgoing?.setHeader('Access-Control-Allow-Origin', this.#allowsAll ? '*' : origin);
    outgoing?.setHeader('Access-Control-Expose-Headers', EXPOSED_HEADERS);
    return true;
  }

  /**
   * The answer to a preflight from an allowed origin; undefined for every other request. It says yes for paths that do
   * not exist too: the page then gets the problem answer of the request itself.
   */
  preflight(c: Context): Response | undefined {
    const asks = c.req.method === 'OPTIONS' && headerOf(c, 'access-control-request-method');
    if (!asks || !this.allow(c)) return undefined;
    const headers = {
      'Access-Control-Allow-Methods': METHODS,
      'Access-Control-Allow-Headers': REQUEST_HEADERS,
      'Access-Control-Max-Age': PREFLIGHT_SECONDS,
    };
    return new Response(null, { status: 204, headers });
  }
}
