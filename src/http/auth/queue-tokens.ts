/**
 * Queue tokens: JWTs that the API issues to admitted users and that the booking routes require. They are signed with a
 * separate key pair, so that an access token can never pass as a queue token.
 */
import { createPrivateKey, createPublicKey, hash, hkdfSync, type KeyObject } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import type { EpochMs } from '../../commands/epoch-ms.ts';
import { Problem } from '../problems/problems.ts';

const ISSUER = 'seatlane';
const AUDIENCE = 'seatlane-queue';
const TYPE = 'queue+jwt';
const REMEMBERED = { maxSize: 50_000, sizeCalculation: () => 1 };
/** The PKCS #8 prefix of an Ed25519 private key (RFC 8410); the 32 bytes of the seed follow. */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** An admitted queue entry. */
export interface AdmittedEntry {
  number: number;
  subject: string;
  /** In ms since 1970. */
  expiresAt: EpochMs;
}

export class QueueTokens {
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;
  readonly #keyId: string;
  readonly #issued = new LRUCache<number, { token: string; expiresAt: EpochMs }>(REMEMBERED);
  readonly #checked = new LRUCache<string, AdmittedEntry>(REMEMBERED);

  /** @param secret the key pair is derived from it, so that all API processes use the same keys */
  constructor(secret: string) {
    const seed = Buffer.from(hkdfSync('sha256', secret, '', 'seatlane queue token', 32));
    const der = Buffer.concat([PKCS8_ED25519, seed]);
    this.#privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    this.#publicKey = createPublicKey(this.#privateKey);
    this.#keyId = hash(
      'sha256',
      this.#publicKey.export({ format: 'der', type: 'spki' }),
      'base64url',
    );
  }

  /** The public key with which third parties can verify queue tokens (RFC 8037). */
  get publicJwk(): object {
    const jwk = this.#publicKey.export({ format: 'jwk' });
    return { ...jwk, kid: this.#keyId, use: 'sig', alg: 'EdDSA' };
  }

  /** The token of an entry. The token stays the same until the entry's expiry changes. */
  async issue({ number, subject, expiresAt }: AdmittedEntry): Promise<string> {
    const issued = this.#issued.get(number);
    if (issued?.expiresAt === expiresAt) return issued.token;
    const token = await new SignJWT({ number })
      .setProtectedHeader({ alg: 'EdDSA', typ: TYPE, kid: this.#keyId })
      .setSubject(subject)
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setExpirationTime(Math.ceil(expiresAt / 1000))
      .sign(this.#privateKey);
    this.#issued.set(number, { token, expiresAt });
    // Skip the signature check on first use: in a rush the first uses of many tokens coincide.
    this.#checked.set(token, { number, subject, expiresAt: Math.ceil(expiresAt / 1000) * 1000 });
    return token;
  }

  /**
   * Verifies a token and returns its queue entry. The caller checks whether the entry is still active.
   * @param now in ms since 1970
   * @throws Problem QUEUE_TOKEN_INVALID if the token is not ours, has expired, or belongs to another subject
   */
  async check(token: string, subject: string, now: EpochMs): Promise<AdmittedEntry> {
    const entry = this.#checked.get(token) ?? (await this.#verify(token, new Date(now)));
    if (entry.subject !== subject || entry.expiresAt <= now) throw invalid();
    return entry;
  }

  async #verify(token: string, currentDate: Date): Promise<AdmittedEntry> {
    const claims = { issuer: ISSUER, audience: AUDIENCE, typ: TYPE };
    const options = { ...claims, algorithms: ['EdDSA'], currentDate };
    const verified = await jwtVerify(token, this.#publicKey, options).catch(() => undefined);
    const { sub, exp, number } = verified?.payload ?? {};
    if (sub === undefined || exp === undefined || typeof number !== 'number') throw invalid();
    const entry = { number, subject: sub, expiresAt: exp * 1000 };
    this.#checked.set(token, entry);
    return entry;
  }
}

function invalid(): Problem {
  const detail = 'The queue token is invalid or expired.';
  return new Problem('QUEUE_TOKEN_INVALID', { detail });
}
