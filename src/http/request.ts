/** Reads and checks what a request brings: parameters, query, JSON body, Prefer, Idempotency-Key. */
import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import { z } from 'zod';
import { RequestAborted } from './deadline.ts';
import { Problem } from './problems.ts';

export const BODY_BYTES_MAX = 512 * 1024;
const WAIT_SECONDS_MAX = 30;

/** An id in a path: digits only, so that `1e3`, `0x1` and `01` name nothing. */
export const pathId = z
  .string()
  .regex(/^[1-9]\d{0,15}$/, 'must be a positive whole number')
  .transform(Number)
  .refine(Number.isSafeInteger, 'must be a positive whole number')
  .meta({ type: 'integer', minimum: 1 });

/** Checks `value` by a schema. @throws Problem VALIDATION_FAILED naming everything that is wrong */
export function validate<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  where: 'body' | 'path' | 'query',
): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.flatMap((issue) => {
    const path = issue.path.join('.');
    if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
    return issue.keys.map((key) => ({
      path: path ? `${path}.${key}` : key,
      message: 'is not known here',
    }));
  });
  throw new Problem('VALIDATION_FAILED', { detail: `The ${where} is not valid.`, errors });
}

/**
 * The JSON of a body; undefined where there is none.
 * @throws Problem BODY_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE or MALFORMED_JSON
 * @throws RequestAborted where the client goes away before the body has arrived
 */
export async function readJson(c: Context): Promise<unknown> {
  const length = Number(c.req.header('content-length') ?? Number.NaN);
  if (length > BODY_BYTES_MAX) throw tooLarge();
  if (length === 0) return undefined;
  const isChunked = c.req.header('transfer-encoding') !== undefined;
  if (Number.isNaN(length) && !isChunked) return undefined;
  const text = await (isChunked ? readChunks(c) : c.req.text()).catch(cannotArrive);
  if (text === '') return undefined;
  const type = c.req.header('content-type') ?? '';
  if (!/^application\/(json|[\w.+-]+\+json)\s*(;|$)/i.test(type)) {
    const detail = 'Send the body as application/json.';
    throw new Problem('UNSUPPORTED_MEDIA_TYPE', { detail });
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem('MALFORMED_JSON', { detail: 'The body cannot be read as JSON.' });
  }
}

/** A body of unknown length is given up as soon as it is too long. */
async function readChunks(c: Context): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of c.req.raw.body ?? []) {
    length += chunk.length;
    if (length > BODY_BYTES_MAX) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** A body that cannot be read has lost its connection. */
function cannotArrive(error: unknown): never {
  throw error instanceof Problem ? error : new RequestAborted(error);
}

function tooLarge(): Problem {
  const detail = `A body may have ${BODY_BYTES_MAX} bytes at most.`;
  return new Problem('BODY_TOO_LARGE', { detail });
}

/**
 * How long the client wants to wait for the outcome, in ms (RFC 7240). What is not understood is
 * ignored, as the RFC demands; longer waits than WAIT_SECONDS_MAX are cut.
 * @returns undefined where no wait is asked for
 */
export function preferredWaitMs(c: Context): number | undefined {
  const preferences = (c.req.header('prefer') ?? '').split(',');
  for (const preference of preferences) {
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
  const header = c.req.header('idempotency-key');
  return header === undefined ? undefined : checkIdempotencyKey(header);
}

export function checkIdempotencyKey(given: string): string {
  const quoted = /^"((?:[^"\\]|\\["\\])*)"$/.exec(given.trim())?.[1];
  const key = quoted === undefined ? given.trim() : quoted.replace(/\\(["\\])/g, '$1');
  const parsed = idempotencyKey.safeParse(key);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(({ message }) => ({ path: 'Idempotency-Key', message }));
  throw new Problem('VALIDATION_FAILED', { detail: 'The idempotency key is not valid.', errors });
}

/**
 * The header `Authorization`; '' where there is none. Asked of Hono, the adapter would copy the headers of every request
 * for it and keep them until the answer ends, which on an event stream is after hours.
 */
export function authorizationOf(c: Context): string {
  const { rawHeaders } = (c.env as { incoming: IncomingMessage }).incoming;
  const values = rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'authorization',
  );
  return values.join(', ');
}

/** Whether the client takes gzip (RFC 9110, 12.5.3): it names it, or anything, and not with a weight of 0. */
export function acceptsGzip(c: Context): boolean {
  const codings = (c.req.header('accept-encoding') ?? '').toLowerCase().split(',');
  const weights = new Map(
    codings.map((coding) => {
      const [name = '', weight] = coding.split(';').map((part) => part.trim());
      return [name, Number(/^q=([\d.]+)$/.exec(weight ?? '')?.[1] ?? 1)];
    }),
  );
  return (weights.get('gzip') ?? weights.get('*') ?? 0) > 0;
}
