/** Sends one message to one server. Does not follow redirects, and does not read the response body. */
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
  /** The timeout from name resolution to the status line, in ms. */
  timeoutMs?: number | undefined;
}

/**
 * @returns the HTTP status of the response
 * @throws {AddressRefused} or Error when the server cannot be reached or does not respond in time
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
      (response) => {
        resolve(response.statusCode ?? 0);
        response.destroy();
      },
    );
    // A socket timeout restarts with each byte, so a slow server could occupy a request slot forever.
    const onTimeout = () => sent.destroy(new Error(`No response within ${timeoutMs} ms.`));
    const deadline = setTimeout(onTimeout, timeoutMs);
    sent.once('close', () => clearTimeout(deadline));
    sent.on('error', reject);
    sent.end(body);
  });
}
