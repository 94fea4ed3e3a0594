/**
 * CORS: decides which other origins may call the API from a browser. It sets the headers on Node's response, so that
 * event streams, which write to the socket themselves, and problem responses carry them too.
 */
import type { ServerResponse } from 'node:http';
import type { Context } from 'hono';
import { headerOf } from './request.ts';

const METHODS = 'GET, HEAD, POST, PUT, DELETE';
const REQUEST_HEADERS = [
  'Authorization',
  'Queue-Token',
  'Idempotency-Key',
  'Prefer',
  'Content-Type',
  'Last-Event-ID',
  'If-None-Match',
  'X-Request-Id',
  'traceparent',
].join(', ');
const EXPOSED_HEADERS = [
  'Location',
  'Retry-After',
  'ETag',
  'Preference-Applied',
  'X-Request-Id',
  'Link',
  'Allow',
  'WWW-Authenticate',
].join(', ');
/** Chromium caches a preflight response for at most two hours. */
const PREFLIGHT_SECONDS = '7200';

export class Cors {
  readonly #origins: ReadonlySet<string>;
  readonly #allowsAll: boolean;

  /** @param origins as browsers send them, such as `https://shop.example`; `*` allows all; an empty list disables CORS */
  constructor(origins: readonly string[]) {
    this.#origins = new Set(origins);
    this.#allowsAll = this.#origins.has('*');
  }

  /**
   * Sets the headers that let a page of an allowed origin read the response. Paths under `/admin` never get them.
   * @returns whether the request comes from an allowed origin
   */
  allow(c: Context): boolean {
    if (this.#origins.size === 0 || /^\/admin(\/|$)/.test(c.req.path)) return false;
    const { outgoing } = (c.env ?? {}) as { outgoing?: ServerResponse };
    // A cache must not serve one origin's response to another origin.
    if (!this.#allowsAll) outgoing?.setHeader('Vary', 'Origin');
    const origin = headerOf(c, 'origin');
    if (origin === undefined || !(this.#allowsAll || this.#origins.has(origin))) return false;
    outgoing?.setHeader('Access-Control-Allow-Origin', this.#allowsAll ? '*' : origin);
    outgoing?.setHeader('Access-Control-Expose-Headers', EXPOSED_HEADERS);
    return true;
  }

  /**
   * The response to a preflight request from an allowed origin; undefined for every other request. Paths that do not
   * exist are allowed too: the request itself then gets the 404.
   */
  preflight(c: Context): Response | undefined {
    const isPreflight =
      c.req.method === 'OPTIONS' && headerOf(c, 'access-control-request-method') !== undefined;
    if (!isPreflight || !this.allow(c)) return undefined;
    const headers = {
      'Access-Control-Allow-Methods': METHODS,
      'Access-Control-Allow-Headers': REQUEST_HEADERS,
      'Access-Control-Max-Age': PREFLIGHT_SECONDS,
    };
    return new Response(null, { status: 204, headers });
  }
}
