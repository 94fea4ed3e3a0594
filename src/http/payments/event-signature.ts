/** Signatures of events in Stripe's form, which the sandbox uses too: `t=SECONDS,v1=HEX` over `t.body`. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { EpochMs } from '../../commands/epoch-ms.ts';

/** How far the time of a signature may be from the receiver's, in seconds. It bounds how long a copy can be replayed. */
const TOLERANCE_SECONDS = 300;
/** Signatures compared at most: a sender that changes its secret needs two. */
const SIGNATURES_MAX = 5;

/**
 * Signs an event.
 * @param body the exact text that is sent
 * @param secret the key that both sides know
 * @param now in ms since 1970; each try is signed with its own time
 * @returns the value of the header
 */
export function signEvent(body: string, secret: string, now: EpochMs): string {
  const seconds = String(Math.floor(now / 1000));
  return `t=${seconds},v1=${hmacOf(seconds, body, secret).toString('hex')}`;
}

/**
 * Whether the owner of the secret has signed the event, within five minutes of `now`.
 * @param body the exact text that was received, before it is parsed
 * @param header the value of the header, null if there is none
 * @param secret the key that both sides know
 * @param now in ms since 1970
 * @returns false for a malformed or old header before the body is hashed, which is what costs time
 */
export function isEventSigned(
  body: string,
  header: string | null,
  secret: string,
  now: EpochMs,
): boolean {
  const parts = (header ?? '').split(',').map((part) => part.trim());
  const valuesOf = (name: string) =>
    parts.filter((part) => part.startsWith(`${name}=`)).map((part) => part.slice(name.length + 1));
  const [seconds = '', ...others] = valuesOf('t');
  if (!/^\d{1,12}$/.test(seconds) || others.length > 0) return false;
  if (Math.abs(Math.floor(now / 1000) - Number(seconds)) > TOLERANCE_SECONDS) return false;
  const expected = hmacOf(seconds, body, secret);
  // Compares all of them, so that the duration does not tell which one was right.
  return valuesOf('v1')
    .slice(0, SIGNATURES_MAX)
    .map((value) => isSame(Buffer.from(value, 'hex'), expected))
    .includes(true);
}

function hmacOf(seconds: string, body: string, secret: string): Buffer {
  return createHmac('sha256', secret).update(`${seconds}.${body}`).digest();
}

const isSame = (given: Buffer, expected: Buffer) =>
  given.length === expected.length && timingSafeEqual(given, expected);
