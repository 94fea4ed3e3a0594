/** How a receiver verifies a message of Standard Webhooks (standardwebhooks.com), written from the specification. */
import { createHmac } from 'node:crypto';
import { clock } from '../host/clock.ts';

/** Older messages are refused, as the specification says. */
const AGE_S_MAX = 300;

/**
 * @param secret in the format of the specification
 * @returns what is wrong with the signature or the time of the message
 */
export function refuseMessage(
  headers: Readonly<Record<string, string>>,
  body: string,
  secret: string,
): string | undefined {
  const id = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const text = `${id}.${timestamp}.${body}`;
  const expected = `v1,${createHmac('sha256', key).update(text).digest('base64')}`;
  const given = headers['webhook-signature']?.split(' ') ?? [];
  if (!given.includes(expected)) return `The signature of message ${id} is wrong.`;
  const ageS = clock.now / 1000 - Number(timestamp);
  return Math.abs(ageS) > AGE_S_MAX ? `Message ${id} was signed ${ageS} s ago.` : undefined;
}
