/**
 * Queue tokens: JWTs that an API process gives to a user who was admitted, and that the booking routes
 * demand. They are signed with a key pair of their own, so that no access token passes as one.
 */
import { createPrivateKey, createPublicKey, hash, hkdfSync, type KeyObject } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import { Problem } from '../problems/problems.ts';

const ISSUER = 'seatlane';
const AUDIENCE = 'seatlane-queue';
const TYPE = 'queue+jwt';
const REMEMBERED = { maxSize: 50_000, sizeCalculation: () => 1 };
/** What an Ed25519 private key begins with in PKCS #8 (RFC 8410); the 32 bytes of the seed follow. */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A place in the queue that was admitted. */
export interface AdmittedPlace {
  number: number;
  subject: string;
  /** In ms since 1970. */
  expiresAt: number;
}

export class QueueTokens {
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;
  readonly #keyId: string;
  readonly #issued = new LRUCache<number, { token: string; expiresAt: number }>(REMEMBERED);
  readonly #checked = new LRUCache<string, AdmittedPlace>(REMEMBERED);

  /** @param secret the key pair is derived from it, so that all API processes have the same */
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

  /** The public key, with which others can check queue tokens (RFC 8037). */
  get publicJwk(): object {
    const jwk = this.#publicKey.export({ format: 'jwk' });
    return { ...jwk, kid: this.#keyId, use: 'sig', alg: 'EdDSA' };
  }

  /** The token of a place; the same one for as long as the place expires at the same time. */
  async issue({ number, subject, expiresAt }: AdmittedPlace): Promise<string> {
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
    // Its first use needs no check of its signature: in a rush everybody's first use comes at once.
    this.#checked.set(token, { number, subject, expiresAt: Math.ceil(expiresAt / 1000) * 1000 });
    return token;
  }

  /**
   * The place that a token was given for. Whether the place is still active stands in the database.
   * @param now in ms since 1970
   * @throws Problem QUEUE_TOKEN_INVALID when it is not ours, has expired, or is another subject's
   */
  async check(token: string, subject: string, now: number): Promise<AdmittedPlace> {
    const place = this.#checked.get(token) ?? (await this.#verify(token, new Date(now)));
    if (place.subject !== subject || place.expiresAt <= now) throw invalid();
    return place;
  }

  async #verify(token: string, currentDate: Date): Promise<AdmittedPlace> {
    const claims = { issuer: ISSUER, audience: AUDIENCE, typ: TYPE };
    const options = { ...claims, algorithms: ['EdDSA'], currentDate };
    const verified = await jwtVerify(token, this.#publicKey, options).catch(() => undefined);
    const { sub, exp, number } = verified?.payload ?? {};
    if (sub === undefined || exp === undefined || typeof number !== 'number') throw invalid();
    const place = { number, subject: sub, expiresAt: exp * 1000 };
    this.#checked.set(token, place);
    return place;
  }
}

function invalid(): Problem {
  const detail = 'The queue token is invalid or expired.';
  return new Problem('QUEUE_TOKEN_INVALID', { detail });
}
