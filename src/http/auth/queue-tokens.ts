/**
 * Queue tokens: JWTs that the API issues to admitted users and that the booking routes require. Their type and audience tell
 * them from waiting tickets, which are signed with the same key.
 */
import { type JWTPayload, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { HOUSE_QUEUE } from '../../commands/command.ts';
import type { EpochMs } from '../../commands/epoch-ms.ts';
import { Problem } from '../problems/problems.ts';
import { isSame } from './is-same.ts';
import { ALGORITHM, ISSUER, type SigningKey } from './signing-key.ts';

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
  readonly #key: SigningKey;
  readonly #encodedHeader: string;
  readonly #issued = new LRUCache<number, { token: string; expiresAt: EpochMs }>(REMEMBERED);
  readonly #checked = new LRUCache<string, AdmittedEntry>(REMEMBERED);

  constructor(key: SigningKey) {
    this.#key = key;
    const header = { alg: ALGORITHM, typ: TYPE, kid: key.id };
    this.#encodedHeader = Buffer.from(JSON.stringify(header)).toString('base64url');
  }

  /** The token of an entry. The token stays the same until the entry's expiry changes. */
  issue({ id, queueId, number, subject, expiresAt }: ActiveEntry): string {
    const issued = this.#issued.get(id);
    if (issued?.expiresAt === expiresAt) return issued.token;
    const claims = { number, queue: queueId, entry: id, sub: subject, iss: ISSUER, aud: AUDIENCE };
    const exp = Math.ceil(expiresAt / 1000) + OUTLASTS_ENTRY_S;
    const payload = Buffer.from(JSON.stringify({ ...claims, exp })).toString('base64url');
    const text = `${this.#encodedHeader}.${payload}`;
    const token = `${text}.${this.#key.sign(text)}`;
    this.#issued.set(id, { token, expiresAt });
    // Skip the signature check on first use: in a rush the first uses of many tokens coincide.
    this.#checked.set(token, { id, queueId, subject });
    return token;
  }

  /**
   * Forgets the token that this process has issued last for an entry, to free its memory. If it comes again, its signature is checked.
   * Tokens that other processes issued stay until newer ones push them out.
   */
  forget(entryId: number): void {
    const issued = this.#issued.get(entryId);
    if (!issued) return;
    this.#issued.delete(entryId);
    this.#checked.delete(issued.token);
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
    const { sub, number, ...newer } = this.#signedAgain(token) ?? (await this.#verified(token));
    // Tokens of older versions name the number only, which is the id of such an entry of the house queue.
    const { entry: id = number, queue: queueId = HOUSE_QUEUE } = newer;
    if (sub === undefined || typeof id !== 'number' || typeof queueId !== 'number') throw invalid();
    const entry = { id, queueId, subject: sub };
    this.#checked.set(token, entry);
    return entry;
  }

  /**
   * The claims of a token as this process would issue it. An Ed25519 key has one signature of a text (RFC 8032, 5.1.6), so it is made
   * again and compared, which takes a fifth of a verification by jose. All that was signed with this header is a queue token.
   * @returns undefined if the token has a header of another version
   * @throws Problem QUEUE_TOKEN_INVALID if it has another signature
   */
  #signedAgain(token: string): JWTPayload | undefined {
    const text = token.slice(0, token.lastIndexOf('.'));
    const start = `${this.#encodedHeader}.`;
    if (!text.startsWith(start)) return undefined;
    if (!isSame(token, `${text}.${this.#key.sign(text)}`)) throw invalid();
    return JSON.parse(Buffer.from(text.slice(start.length), 'base64url').toString());
  }

  /** The claims of a token with another header. None if it is not ours. */
  async #verified(token: string): Promise<JWTPayload> {
    const claims = { issuer: ISSUER, audience: AUDIENCE, typ: TYPE };
    const options = { ...claims, algorithms: [ALGORITHM], currentDate: BEFORE_EVERY_EXP };
    const verified = await jwtVerify(token, this.#key.publicKey, options).catch(() => undefined);
    return verified?.payload ?? {};
  }
}

function invalid(): Problem {
  const detail = 'The queue token is invalid, or belongs to another user.';
  return new Problem('QUEUE_TOKEN_INVALID', { detail });
}
