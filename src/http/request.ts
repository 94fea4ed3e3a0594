/** Reads everything of a request except its body: ids in the path, Prefer, Idempotency-Key and other headers. */
import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import { z } from 'zod';
import { invalid } from './validation.ts';

const WAIT_SECONDS_MAX = 30;

/** An id in a path. Only plain digits are valid, so `1e3`, `0x1` and `01` are rejected. */
export const pathId = z
  .string()
  .regex(/^[1-9]\d{0,15}$/, 'must be a positive whole number')
  .transform(Number)
  .refine(Number.isSafeInteger, 'must be a positive whole number')
  .meta({ type: 'integer', minimum: 1 });

/**
 * The query parameters by name.
 * @throws Problem VALIDATION_FAILED if one is given with different values: which one counts would be a guess
 */
export function queryOf(c: Context): Record<string, string> {
  const given = Object.entries(c.req.queries());
  const twice = given.filter(([, values]) => new Set(values).size > 1);
  if (twice.length > 0) {
    const errors = twice.map(([path]) => ({ path, message: 'must be given once' }));
    throw invalid('query', errors);
  }
  return Object.fromEntries(given.map(([name, [value = '']]) => [name, value]));
}

/**
 * The `wait` preference of the `Prefer` header (RFC 7240), in ms and capped at WAIT_SECONDS_MAX. Unknown or malformed
 * preferences are ignored, as the RFC requires.
 * @returns undefined if the client does not ask to wait
 */
export function preferredWaitMs(c: Context): number | undefined {
  const header = headerOf(c, 'prefer');
  // Most requests have no such header: return before any parsing.
  if (header === undefined) return undefined;
  for (const preference of header.split(',')) {
    const seconds = /^\s*wait\s*=\s*"?(\d{1,9})"?\s*(;|$)/i.exec(preference)?.[1];
    if (seconds !== undefined) return Math.min(Number(seconds), WAIT_SECONDS_MAX) * 1000;
  }
  return undefined;
}

const idempotencyKey = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[\x20-\x7e]*$/, 'must be printable ASCII');

/**
 * The idempotency key of a request. The IETF draft defines it as a quoted string (RFC 8941), but most clients send it
 * unquoted: both forms are the same key.
 * @throws Problem VALIDATION_FAILED
 */
export function idempotencyKeyOf(c: Context): string | undefined {
  const header = headerOf(c, 'idempotency-key');
  return header === undefined ? undefined : checkIdempotencyKey(header);
}

export function checkIdempotencyKey(given: string): string {
  const quoted = /^"((?:[^"\\]|\\["\\])*)"$/.exec(given.trim())?.[1];
  const key = quoted === undefined ? given.trim() : quoted.replace(/\\(["\\])/g, '$1');
  const parsed = idempotencyKey.safeParse(key);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(({ message }) => ({ path: 'Idempotency-Key', message }));
  throw invalid('request', errors);
}

/**
 * A header of the request, as Node parsed it. Hono's accessor would first copy all headers and keep the copy until the
 * response ends, which takes hours on an event stream.
 * @param name in lower case
 */
export function headerOf(c: Context, name: string): string | undefined {
  const { incoming } = (c.env ?? {}) as { incoming?: IncomingMessage };
  // A request made by `app.request()` in a test has no Node request, only Hono's headers.
  return incoming?.headers ? (incoming.headers[name] as string | undefined) : c.req.header(name);
}

/**
 * The `Authorization` header, or '' if there is none. If a client sends it twice, the values are joined, and no scheme
 * accepts the result; Node's parsed headers would silently drop the second one.
 */
export function authorizationOf(c: Context): string {
  const { rawHeaders } = (c.env as { incoming: IncomingMessage }).incoming;
  let found = '';
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() !== 'authorization') continue;
    found = found === '' ? (rawHeaders[at + 1] as string) : `${found}, ${rawHeaders[at + 1]}`;
  }
  return found;
}

/** Whether the client accepts gzip (RFC 9110, 12.5.3): `Accept-Encoding` has `gzip` or `*` with a weight above 0. */
export function acceptsGzip(c: Context): boolean {
  const codings = (headerOf(c, 'accept-encoding') ?? '').toLowerCase().split(',');
  const weights = new Map(
    codings.map((coding) => {
      const [name = '', weight] = coding.split(';').map((part) => part.trim());
      return [name, Number(/^q=([\d.]+)$/.exec(weight ?? '')?.[1] ?? 1)];
    }),
  );
  return (weights.get('gzip') ?? weights.get('*') ?? 0) > 0;
}
