/** Sends one message to one server. Redirects are not followed, and its answer is not read. */
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { AddressRefused, lookupWith, refuseLiteral } from './addresses.ts';
import type { NameResolver } from './name-resolver.ts';

const TIMEOUT_MS = 5000;

export interface Sending {
  url: string;
  headers: Record<string, string>;
  body: string;
  /** Whether http, loopback and private addresses are allowed. */
  isPrivateAllowed: boolean;
  names: NameResolver;
  /** For the whole of it, from the name's resolution to the status, in ms. */
  timeoutMs?: number | undefined;
}

/**
 * @returns the status of the server's answer
 * @throws {AddressRefused}, or Error when the server cannot be reached or has not answered in time
 */
export async function send(sending: Sending): Promise<number> {
  const { url, headers, body, isPrivateAllowed, names, timeoutMs = TIMEOUT_MS } = sending;
  const target = new URL(url);
  if (!isPrivateAllowed) {
    refuseLiteral(target.hostname);
    if (target.protocol !== 'https:') throw new AddressRefused(url);
  }
  const request = target.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const sent = request(
      target,
      {
        method: 'POST',
        headers: {
          ...headers,
          'Content-Type': 'application/json',
          'Content-Length': Buffer.byteLength(body),
          'User-Agent': 'Seatlane',
        },
        lookup: lookupWith(names, isPrivateAllowed),
      },
      (answer) => {
        resolve(answer.statusCode ?? 0);
        answer.destroy();
      },
    );
    // A socket's own timeout begins anew with each byte: a slow server could hold a place for ever.
    const late = () => sent.destroy(new Error(`No answer within ${timeoutMs} ms.`));
    const deadline = setTimeout(late, timeoutMs);
    sent.once('close', () => clearTimeout(deadline));
    sent.on('error', reject);
    sent.end(body);
  });
}
