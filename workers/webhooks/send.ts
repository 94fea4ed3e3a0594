/** Sends one message to one server. Redirects are not followed, and its answer is not read. */
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { AddressRefused, publicLookup, refuseLiteral } from './addresses.ts';

const TIMEOUT_MS = 10_000;

export interface Sending {
  url: string;
  headers: Record<string, string>;
  body: string;
  /** Whether http, loopback and private addresses are allowed. */
  isPrivateAllowed: boolean;
}

/**
 * @returns the status of the server's answer
 * @throws {AddressRefused}, or Error when the server cannot be reached or says nothing for 10 s
 */
export function send({ url, headers, body, isPrivateAllowed }: Sending): Promise<number> {
  const target = new URL(url);
  if (!isPrivateAllowed) {
    refuseLiteral(target.hostname);
    if (target.protocol !== 'https:') return Promise.reject(new AddressRefused(url));
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
        timeout: TIMEOUT_MS,
        ...(!isPrivateAllowed && { lookup: publicLookup }),
      },
      (answer) => {
        resolve(answer.statusCode ?? 0);
        answer.destroy();
      },
    );
    sent.once('timeout', () => sent.destroy(new Error(`No answer within ${TIMEOUT_MS} ms.`)));
    sent.on('error', reject);
    sent.end(body);
  });
}
