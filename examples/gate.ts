/**
 * A gate without a network: reads the codes of tickets from standard input, one a line, and says who enters. It fetches the published
 * keys once. It learns neither of refunds nor of what other gates have scanned (docs/tickets.md).
 *
 *   npx node examples/gate.ts URL SCHEDULE < codes.txt
 */
import { createPublicKey, verify } from 'node:crypto';
import { createInterface } from 'node:readline';
import { findApi } from './support/find-api.ts';

const schedule = Number(process.argv[3]);
const response = await fetch(`${findApi(process.argv[2])}/.well-known/jwks.json`);
const { keys } = (await response.json()) as { keys: { kid: string }[] };
const entered = new Set<number>();

for await (const code of createInterface({ input: process.stdin })) console.log(check(code));

function check(code: string): string {
  const [header = '', payload = '', signature = ''] = code.split('.');
  const jwk = keys.find(({ kid }) => kid === jsonOf(header)?.kid);
  if (!jwk) return 'NO: not a ticket';
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  const signed = Buffer.from(`${header}.${payload}`);
  if (!verify(null, signed, key, Buffer.from(signature, 'base64url'))) return 'NO: forged';
  const { t: ticket, s, p: place } = jsonOf(payload);
  if (s !== schedule) return 'NO: another performance';
  if (entered.has(ticket)) return `NO: ticket ${ticket} was used here`;
  entered.add(ticket);
  return `ENTER: ${place}`;
}

/** Whatever a visitor shows: it may not be JSON, or not an object. */
function jsonOf(part: string) {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString());
  } catch {
    return {};
  }
}
