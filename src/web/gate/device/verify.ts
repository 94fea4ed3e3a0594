/**
 * Verifies the code of a ticket without the API, with the published keys. It proves that the ticket was sold, not that it is still
 * valid: a refund and a use elsewhere are known to the API alone.
 */

/** A public key as `/.well-known/jwks.json` publishes it. */
export type PublishedKey = JsonWebKey & { kid?: string };

/** What a code says. */
export interface CodedTicket {
  ticketId: number;
  scheduleId: number;
  /** Section, row and number of a seat, or an area. A name that is too long ends with `…`. */
  place: string;
}

export type Verified =
  | { state: 'valid'; ticket: CodedTicket }
  | { state: 'wrong-schedule'; ticket: CodedTicket }
  | { state: 'invalid' };

const INVALID: Verified = { state: 'invalid' };
const CODE_LENGTH_MAX = 250;

/**
 * @param code any text that a scanner has read
 * @param keys all published keys; the code names its own
 * @param scheduleId the performance of the gate
 * @throws DOMException NotSupportedError if the browser does not know Ed25519
 */
export async function verifyCode(
  code: string,
  keys: readonly PublishedKey[],
  scheduleId: number,
): Promise<Verified> {
  const [header = '', payload = '', signature = '', ...others] = code.split('.');
  if (code.length > CODE_LENGTH_MAX || others.length > 0) return INVALID;
  // Queue tokens have a `typ`; their key is in the same set.
  const { kid, alg, typ } = objectIn(header);
  const key = keys.find((each) => each.kid !== undefined && each.kid === kid);
  const bytes = bytesOf(signature);
  if (!key || alg !== 'EdDSA' || typ !== undefined || !bytes) return INVALID;
  const { kty, crv, x } = key;
  const publicKey = await crypto.subtle.importKey(
    'jwk',
    { kty, crv, x } as JsonWebKey,
    'Ed25519',
    false,
    ['verify'],
  );
  const signed = new TextEncoder().encode(`${header}.${payload}`);
  if (!(await crypto.subtle.verify('Ed25519', publicKey, bytes, signed))) return INVALID;
  const { t: ticketId, s, p: place } = objectIn(payload);
  if (typeof ticketId !== 'number' || typeof s !== 'number') return INVALID;
  const ticket = { ticketId, scheduleId: s, place: typeof place === 'string' ? place : '' };
  return { state: s === scheduleId ? 'valid' : 'wrong-schedule', ticket };
}

/** The object that a part of a code holds; an empty one for anything else that a visitor may show. */
function objectIn(part: string): Record<string, unknown> {
  try {
    const value = JSON.parse(new TextDecoder().decode(bytesOf(part)));
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** The bytes of a text in base64url; undefined if it is none, or another spelling of the same bytes. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[\w-]+$/.test(text)) return undefined;
  try {
    const base64 = text.replaceAll('-', '+').replaceAll('_', '/');
    const binary = atob(base64);
    if (btoa(binary).replace(/=+$/, '') !== base64) return undefined;
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
