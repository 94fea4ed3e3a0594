/**
 * Stores idempotency keys in Redis: the lane and request of a key's first use. This covers the time until the command's
 * receipt is written; after that the receipt is used, for as long as outcomes are kept.
 */
import { hash } from 'node:crypto';
import type { LaneName } from '../lanes.ts';
import { readLua } from '../read-lua.ts';
import type { RedisConnection } from '../redis/redis.ts';

const REMEMBERED_SECONDS = 24 * 3600;
/** Longer than any request can take to reach its lane. */
const REFUSED_SECONDS = 600;
const REFUSED = 'refused';

const REMEMBER = readLua(import.meta.dirname, 'remember-key.lua');

interface RememberScript {
  rememberKey(
    name: string,
    value: string,
    seconds: number,
    refused: string,
    refusedStart: string,
  ): Promise<string | null>;
}

/** One use of an idempotency key. */
export interface KeyUse {
  receiptId: string;
  lane: LaneName;
  requestHash: string;
  queueToken: string | undefined;
}

/** The stored state: the first use of the key, or that a request with the same queue token was refused. */
export type Remembered = { lane: LaneName; requestHash: string } | 'refused';

export class IdempotencyKeys {
  readonly #redis: RedisConnection & RememberScript;
  readonly #prefix: string;

  constructor(redis: RedisConnection, { redisPrefix }: { redisPrefix: string }) {
    redis.defineCommand('rememberKey', { lua: REMEMBER, numberOfKeys: 1 });
    this.#redis = redis as RedisConnection & RememberScript;
    this.#prefix = redisPrefix;
  }

  /** Stores the first use of a key. @returns undefined if this is the first use, otherwise the stored state */
  async remember(key: KeyUse): Promise<Remembered | undefined> {
    return this.#set(key, `${key.lane} ${key.requestHash}`, REMEMBERED_SECONDS);
  }

  /**
   * Stores that a request was refused for its queue token, unless its key was already used. The same request may be in
   * flight in another process, where the token was still valid: that process finds the mark and refuses it too.
   */
  async refuse(key: KeyUse): Promise<Remembered | undefined> {
    return this.#set(key, refusedMark(key), REFUSED_SECONDS);
  }

  async find(receiptId: string): Promise<Remembered | undefined> {
    return toRemembered(await this.#redis.get(this.#nameOf(receiptId)));
  }

  async forget(receiptId: string): Promise<void> {
    await this.#redis.del(this.#nameOf(receiptId));
  }

  async #set(key: KeyUse, value: string, seconds: number): Promise<Remembered | undefined> {
    const name = this.#nameOf(key.receiptId);
    const refused = refusedMark(key);
    return toRemembered(
      await this.#redis.rememberKey(name, value, seconds, refused, `${REFUSED} `),
    );
  }

  #nameOf(receiptId: string): string {
    return `${this.#prefix}:key:${receiptId}`;
  }
}

function toRemembered(value: string | null): Remembered | undefined {
  if (value === null) return undefined;
  const [lane, requestHash = ''] = value.split(' ');
  return lane === REFUSED ? REFUSED : { lane: lane as LaneName, requestHash };
}

/** The mark contains only a digest, because a queue token is a secret. */
function refusedMark({ queueToken = '' }: KeyUse): string {
  return `${REFUSED} ${hash('sha256', queueToken, 'base64url').slice(0, 22)}`;
}
