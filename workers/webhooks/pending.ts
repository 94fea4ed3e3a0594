/**
 * Bounds how many messages of a webhook may be pending, over all processes: a receiver that is away must not fill
 * Redis. A set a webhook holds the ids of its pending messages, so that a repeated batch counts none twice.
 */
import { NEVER_WRITTEN, queueKeyStart, WEBHOOKS_QUEUE } from '../../src/lanes/queues.ts';
import type { RedisConnection } from '../../src/lanes/redis.ts';

/** Bounds how long Redis is busy with one script. */
const AT_ONCE_MAX = 1000;
/** How many of the oldest ids are looked at where a set is full: their jobs may have been deleted by hand. */
const OLDEST_LOOKED_AT = 100;
/** By then the job of an id has been added. */
const ADDED_WITHIN_SECONDS = 60;

/**
 * KEYS: one that is never written, then the set and the job of each message. ARGV: the bound, then the ids. Answers 1
 * for a message that is to be queued, 0 where there is no room, 2 where it is queued or was sent already.
 */
const RESERVE = `
local max, now = tonumber(ARGV[1]), tonumber(redis.call('TIME')[1])
local answers, cleaned = {}, {}
local function clean(set, start)
  if cleaned[set] then return end
  cleaned[set] = true
  local old = redis.call('ZRANGEBYSCORE', set, '-inf', now - ${ADDED_WITHIN_SECONDS}, 'LIMIT', 0, ${OLDEST_LOOKED_AT})
  for _, id in ipairs(old) do
    local job = redis.call('HMGET', start .. id, 'data', 'finishedOn')
    if not job[1] or job[2] then redis.call('ZREM', set, id) end
  end
end
for index = 2, #ARGV do
  local set, job, id = KEYS[2 * index - 2], KEYS[2 * index - 1], ARGV[index]
  if redis.call('EXISTS', job) == 1 then
    answers[#answers + 1] = 2
  elseif redis.call('ZSCORE', set, id) then
    answers[#answers + 1] = 1
  else
    if redis.call('ZCARD', set) >= max then clean(set, string.sub(job, 1, #job - #id)) end
    local hasRoom = redis.call('ZCARD', set) < max
    if hasRoom then redis.call('ZADD', set, now, id) end
    answers[#answers + 1] = hasRoom and 1 or 0
  end
end
return answers`;

interface ReserveScript {
  reservePendingMessages(...args: (string | number)[]): Promise<number[]>;
}

/** A message with its webhook; `jobId` is that of its job. */
export interface Addressed {
  webhookId: number;
  jobId: string;
}

export class PendingMessages {
  readonly #redis: RedisConnection & ReserveScript;
  readonly #keyStart: string;
  readonly #max: number;

  /** @param max pending messages of one webhook */
  constructor(redis: RedisConnection, { redisPrefix, max }: { redisPrefix: string; max: number }) {
    redis.defineCommand('reservePendingMessages', { lua: RESERVE });
    this.#redis = redis as RedisConnection & ReserveScript;
    this.#keyStart = queueKeyStart(redisPrefix, WEBHOOKS_QUEUE);
    this.#max = max;
  }

  /** Takes room for messages. @returns those to be queued, and those for which there is no room */
  async reserve<Each extends Addressed>(
    messages: readonly Each[],
  ): Promise<{ taken: Each[]; dropped: Each[] }> {
    const answers: number[] = [];
    for (let first = 0; first < messages.length; first += AT_ONCE_MAX) {
      answers.push(...(await this.#reserve(messages.slice(first, first + AT_ONCE_MAX))));
    }
    return {
      taken: messages.filter((_, place) => answers[place] === 1),
      dropped: messages.filter((_, place) => answers[place] === 0),
    };
  }

  #reserve(messages: readonly Addressed[]): Promise<number[]> {
    const keys = messages.flatMap(({ webhookId, jobId }) => [
      this.#setOf(webhookId),
      this.#keyStart + jobId,
    ]);
    const ids = messages.map(({ jobId }) => jobId);
    const never = this.#keyStart + NEVER_WRITTEN;
    return this.#redis.reservePendingMessages(1 + keys.length, never, ...keys, this.#max, ...ids);
  }

  /** A message is sent, given up, or not wanted any more. */
  async release({ webhookId, jobId }: Addressed): Promise<void> {
    await this.#redis.zrem(this.#setOf(webhookId), jobId);
  }

  #setOf(webhookId: number): string {
    return `${this.#keyStart}pending:${webhookId}`;
  }
}
