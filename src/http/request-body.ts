/** Reads the body of a request and limits its size, and the depth of JSON. */
import type { Context } from 'hono';
import { RequestAborted } from './deadline.ts';
import { Problem } from './problems/problems.ts';
import { headerOf } from './request.ts';
import { invalid } from './validation.ts';

/** The default size limit of a body, in bytes. */
export const BODY_BYTES_MAX = 16 * 1024;
/** How long the sender of a body without an access token may take, in ms. Providers send an event at once. */
export const UNKNOWN_SENDER_MS = 5000;
/** The nesting limit. No valid input is deeper than 8, and a deeply nested body costs the parser up to a second. */
export const DEPTH_MAX = 16;

/** Whether the request has a body, by its headers (RFC 9112, section 6.3). */
export function hasBody(c: Context): boolean {
  const length = headerOf(c, 'content-length');
  return length === undefined ? headerOf(c, 'transfer-encoding') !== undefined : length !== '0';
}

/**
 * Reads and parses the body.
 * @param bytesMax the size limit of the route
 * @returns undefined if the request has no body
 * @throws RequestAborted if the client disconnects before the body has arrived
 * @throws Problem BODY_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, MALFORMED_JSON, or VALIDATION_FAILED if the nesting is too deep
 */
export async function readJson(c: Context, bytesMax = BODY_BYTES_MAX): Promise<unknown> {
  if (!hasBody(c)) return undefined;
  const bytes = await readBytes(c, bytesMax);
  if (bytes.byteLength === 0) return undefined;
  const type = headerOf(c, 'content-type') ?? '';
  if (!/^application\/(json|[\w.+-]+\+json)\s*(;|$)/i.test(type)) {
    const detail = 'Send the body as application/json.';
    throw new Problem('UNSUPPORTED_MEDIA_TYPE', { detail });
  }
  const encoding = headerOf(c, 'content-encoding') ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') {
    const detail = 'Send the body without compression: `Content-Encoding` is not supported.';
    throw new Problem('UNSUPPORTED_MEDIA_TYPE', { detail });
  }
  const text = toJsonText(bytes);
  if (isTooDeep(text)) {
    const message = `must not be nested deeper than ${DEPTH_MAX} levels`;
    throw invalid('body', [{ path: '', message }]);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem('MALFORMED_JSON', { detail: 'The body cannot be read as JSON.' });
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** JSON is UTF-8 (RFC 8259). A byte order mark is left out. @throws Problem MALFORMED_JSON */
function toJsonText(bytes: Uint8Array | ArrayBuffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new Problem('MALFORMED_JSON', { detail: 'The body is no UTF-8.' });
  }
}

/**
 * Reads the body as text (UTF-8), of any content type.
 * @param bytesMax the size limit of the route
 * @throws RequestAborted if the client disconnects before the body has arrived
 * @throws Problem BODY_TOO_LARGE
 */
export async function readText(c: Context, bytesMax = BODY_BYTES_MAX): Promise<string> {
  return new TextDecoder().decode(await readBytes(c, bytesMax));
}

async function readBytes(c: Context, bytesMax: number): Promise<Uint8Array | ArrayBuffer> {
  if (Number(headerOf(c, 'content-length') ?? 0) > bytesMax) throw tooLarge(bytesMax);
  const isChunked = headerOf(c, 'transfer-encoding') !== undefined;
  return await (isChunked ? readChunks(c, bytesMax) : c.req.arrayBuffer()).catch(throwAborted);
}

/**
 * Reads a body whose sender is not known yet as text. A slow sender is not waited for, so that it takes nobody's place.
 * @param bytesMax the size limit of the route
 * @throws RequestAborted if the client disconnects before the body has arrived
 * @throws Problem BODY_TOO_LARGE; REQUEST_TIMEOUT after `UNKNOWN_SENDER_MS`
 */
export async function readTextSoon(c: Context, bytesMax?: number): Promise<string> {
  const { promise: overdue, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const detail = `The body did not arrive within ${UNKNOWN_SENDER_MS} ms.`;
    reject(new Problem('REQUEST_TIMEOUT', { detail }));
  }, UNKNOWN_SENDER_MS);
  const text = readText(c, bytesMax);
  return Promise.race([text, overdue]).finally(() => clearTimeout(timer));
}

/** Reads a body of unknown length, and stops as soon as it exceeds the limit. */
async function readChunks(c: Context, bytesMax: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of c.req.raw.body ?? []) {
    length += chunk.length;
    if (length > bytesMax) throw tooLarge(bytesMax);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Any other read error means that the connection was lost. */
function throwAborted(error: unknown): never {
  throw error instanceof Problem ? error : new RequestAborted(error);
}

function tooLarge(bytesMax: number): Problem {
  const detail = `The body must not be larger than ${bytesMax} bytes.`;
  return new Problem('BODY_TOO_LARGE', { detail });
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = [0x5b, 0x7b];
const CLOSING = [0x5d, 0x7d];

/** Whether a JSON text is nested too deeply; brackets inside strings do not count. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) isInString = !isInString;
    else if (isInString) at += Number(code === BACKSLASH);
    else if (OPENING.includes(code)) depth += 1;
    else if (CLOSING.includes(code)) depth -= 1;
    if (depth > DEPTH_MAX) return true;
  }
  return false;
}
