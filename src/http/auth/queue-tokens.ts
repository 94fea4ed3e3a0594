/**
 * Queue tokens: JWTs that the API issues to admitted users and that the booking routes require. They are signed with a
 * separate key pair, so that an access token can never pass as a queue token.
 */
import { createPrivateKey, createPublicKey, hash, hkdfSync, type KeyObject } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import { HOUSE_QUEUE } from '../../commands/command.ts';
import type { EpochMs } from '../../commands/epoch-ms.ts';
import { Problem } from '../problems/problems.ts';

const ISSUER = 'seatlane';
const AUDIENCE = 'seatlane-queue';
const TYPE = 'queue+jwt';
const REMEMBERED = { maxSize: 50_000, sizeCalculation: () => 1 };
/**
 * How long a token outlasts the expiry of its entry. The entry's row decides whether a token is active, and orders
 * prolong the entry; `exp` tells third parties when to stop looking at a token
 * (docs/decisions/0062).
 */
const OUTLASTS_ENTRY_S = 24 * 3600;
/** jose compares `exp` with this time, and so never refuses a token for it. */
const BEFORE_EVERY_EXP = new Date(0);
/** The PKCS #8 prefix of an Ed25519 private key (RFC 8410); the 32 bytes of the seed follow. */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The queue entry that a token names. */
export interface AdmittedEntry {
  id: number;
  /** The queue to which the entry belongs. */
  queueId: number;
  subject: string;
}

/** An entry to which a token is issued. */
interface ActiveEntry extends AdmittedEntry {
  /** Its number in the queue, for third parties. */
  number: number;
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
  async issue({ id, queueId, number, subject, expiresAt }: ActiveEntry): Promise<string> {
    const issued = this.#issued.get(id);
    if (issued?.expiresAt === expiresAt) return issued.token;
    const token = await new SignJWT({ number, queue: queueId, entry: id })
      .setProtectedHeader({ alg: 'EdDSA', typ: TYPE, kid: this.#keyId })
      .setSubject(subject)
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setExpirationTime(Math.ceil(expiresAt / 1000) + OUTLASTS_ENTRY_S)
      .sign(this.#privateKey);
    this.#issued.set(id, { token, expiresAt });
    // Skip the signature check on first use: in a rush the first uses of many tokens coincide.
    this.#checked.set(token, { id, queueId, subject });
    return token;
  }

  /**
   * Verifies a token's signature, type and subject, and returns its queue entry. The caller checks whether the entry is
   * still active; the token's `exp` does not matter.
   * @throws Problem QUEUE_TOKEN_INVALID if the token is not ours, or belongs to another subject
   */
  async check(token: string, subject: string): Promise<AdmittedEntry> {
    const entry = this.#checked.get(token) ?? (await this.#verify(token));
    if (entry.subject !== subject) throw invalid();
    return entry;
  }

  async #verify(token: string): Promise<AdmittedEntry> {
    const claims = { issuer: ISSUER, audience: AUDIENCE, typ: TYPE };
    const options = { ...claims, algorithms: ['EdDSA'], currentDate: BEFORE_EVERY_EXP };
    const verified = await jwtVerify(token, this.#publicKey, options).catch(() => undefined);
    const { sub, number, ...newer } = verified?.payload ?? {};
    // Tokens of older versions name the number only, which is the id of such an entry of the house queue.
    const { entry: id = number, queue: queueId = HOUSE_QUEUE } = newer;
    if (sub === undefined || typeof id !== 'number' || typeof queueId !== 'number') throw invalid();
    const entry = { id, queueId, subject: sub };
    this.#checked.set(token, entry);
    return entry;
  }
}

function invalid(): Problem {
  const detail = 'The queue token is invalid, or belongs to another user.';
  return new Problem('QUEUE_TOKEN_INVALID', { detail });
}
