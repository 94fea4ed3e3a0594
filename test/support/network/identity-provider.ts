/** An identity provider that publishes its keys, or returns another response that a test defines. */
import type { webcrypto } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';

type Key = webcrypto.CryptoKey | Uint8Array;

export interface IdentityProvider {
  url: string;
  /** The private keys by algorithm; each key id is the name of its algorithm. */
  keys: Record<'RS256' | 'ES256', webcrypto.CryptoKey>;
  /** The public keys as text in all common formats. */
  publicTexts: string[];
  /** Replaces the response; undefined restores the keys. */
  answer: { status: number; body: string } | undefined;
  stop(): void;
}

export async function startIdentityProvider(): Promise<IdentityProvider> {
  const pairs = await Promise.all(
    (['RS256', 'ES256'] as const).map(async (alg) => {
      const pair = await generateKeyPair(alg, { extractable: true });
      const jwk = { ...(await exportJWK(pair.publicKey)), kid: alg, alg, use: 'sig' };
      return { alg, jwk, pem: await exportSPKI(pair.publicKey), privateKey: pair.privateKey };
    }),
  );
  const published = JSON.stringify({ keys: pairs.map(({ jwk }) => jwk) });
  const server = createServer((_request, response) => {
    const { status, body } = provider.answer ?? { status: 200, body: published };
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const provider: IdentityProvider = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`,
    keys: Object.fromEntries(pairs.map(({ alg, privateKey }) => [alg, privateKey])) as never,
    publicTexts: [
      published,
      ...pairs.flatMap(({ jwk, pem }) => [pem, pem.trim(), JSON.stringify(jwk), jwk.n ?? jwk.x]),
    ].map(String),
    answer: undefined,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
  return provider;
}

/** A token of an operator, signed with this key and with this header; everything else is valid. */
export function signWith(key: Key, header: { alg: string; [field: string]: unknown }) {
  return new SignJWT({ role: 'admin' })
    .setProtectedHeader(header)
    .setSubject('ada')
    .setIssuer('seatlane')
    .setAudience('seatlane')
    .setExpirationTime('1h')
    .sign(key);
}
