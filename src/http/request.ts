/** Reads what a request brings besides its body: ids in its path, Prefer, Idempotency-Key, other headers. */
import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import { z } from 'zod';
import { invalid } from './validation.ts';

const WAIT_SECONDS_MAX = 30;

/** An id in a path: digits only, so that `1e3`, `0x1` and `01` name nothing. */
export const pathId = z
  .string()
  .regex(/^[1-9]\d{0,15}$/, 'must be a positive whole number')
  .transform(Number)
  .refine(Number.isSafeInteger, 'must be a positive whole number')
  .meta({ type: 'integer', minimum: 1 });

/**
 * How long the client wants to wait for the outcome, in ms (RFC 7240). What is not understood is
 * ignored, as the RFC demands; longer waits than WAIT_SECONDS_MAX are cut.
 * @returns undefined where no wait is asked for
 */
export function preferredWaitMs(c: Context): number | undefined {
  const header = headerOf(c, 'prefer');
  // Asked of every request, and most have none.
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
 * The idempotency key of a request. The draft has it as a quoted string of RFC 8941, most clients send
 * it bare: both are the same key.
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
  throw invalid('The idempotency key is not valid.', errors);
}

/**
 * A header of the request, as Node parsed it. Hono's accessor would first copy all headers of the request, and keep the copy
 * until the response ends, which on an event stream is after hours.
 * @param name in lower case
 */
export function headerOf(c: Context, name: string): string | undefined {
  const { incoming } = (c.env ?? {}) as { incoming?: IncomingMessage };
  // A request that did not come over a connection has Hono's headers only.
  return incoming?.headers ? (incoming.headers[name] as string | undefined) : c.req.header(name);
}

/**
 * The header `Authorization`, or '' without one. A request that sends it twice gets both values, which no scheme accepts;
 * Node's parsed headers would drop the second.
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

/** Whether the client takes gzip (RFC 9110, 12.5.3): it names it, or anything, and not with a weight of 0. */
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
