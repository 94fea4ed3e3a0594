/**
 * What Redis remembers of idempotency keys: the lane and the request that a key was first used for. It bridges the time
 * until the command's receipt is written; from then on the receipt tells, for as long as outcomes are kept.
 */
import { hash } from 'node:crypto';
import type { LaneName } from '../lanes.ts';
import { readLua } from '../read-lua.ts';
import type { RedisConnection } from '../redis/redis.ts';

const REMEMBERED_SECONDS = 24 * 3600;
/** Longer than any request can be on its way into its lane. */
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

/** The request that a key came with. */
export interface KeyUse {
  receiptId: string;
  lane: LaneName;
  requestHash: string;
  queueToken: string | undefined;
}

/** What was remembered: the first use of the key, or that a request with the same queue token was refused. */
export type Remembered = { lane: LaneName; requestHash: string } | 'refused';

export class IdempotencyKeys {
  readonly #redis: RedisConnection & RememberScript;
  readonly #prefix: string;

  constructor(redis: RedisConnection, { redisPrefix }: { redisPrefix: string }) {
    redis.defineCommand('rememberKey', { lua: REMEMBER, numberOfKeys: 1 });
    this.#redis = redis as RedisConnection & RememberScript;
    this.#prefix = redisPrefix;
  }

  /** Remembers the first use of a key. @returns undefined where this is it, else what was remembered before */
  async remember(key: KeyUse): Promise<Remembered | undefined> {
    return this.#set(key, `${key.lane} ${key.requestHash}`, REMEMBERED_SECONDS);
  }

  /**
   * Remembers that a request is refused for its queue token, where its key was not used before. The same request may
   * still be on its way in another process, where the token was valid: it finds the mark and is refused too.
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

/** Holds a digest: a queue token is a secret. */
function refusedMark({ queueToken = '' }: KeyUse): string {
  return `${REFUSED} ${hash('sha256', queueToken, 'base64url').slice(0, 22)}`;
}
