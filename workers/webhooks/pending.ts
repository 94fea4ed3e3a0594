/**
 * Bounds how many messages of a webhook may be pending, over all processes: a receiver that is away must not fill
 * Redis.
 */
import { PendingLimit } from '../../src/lanes/bullmq/pending-limit.ts';
import { WEBHOOKS_QUEUE } from '../../src/lanes/bullmq/queues.ts';
import type { RedisConnection } from '../../src/lanes/redis/redis.ts';

/** A message with its webhook; `jobId` is that of its job. */
export interface Addressed {
  webhookId: number;
  jobId: string;
}

export class PendingMessages {
  readonly #limit: PendingLimit;

  /** @param max pending messages of one webhook */
  constructor(redis: RedisConnection, { redisPrefix, max }: { redisPrefix: string; max: number }) {
    this.#limit = new PendingLimit(redis, { redisPrefix, queue: WEBHOOKS_QUEUE, max });
  }

  /** Takes room for messages. @returns those to be queued, and those for which there is no room */
  async reserve<Each extends Addressed>(
    messages: readonly Each[],
  ): Promise<{ taken: Each[]; dropped: Each[] }> {
    const reservations = await this.#limit.reserve(
      messages.map(({ webhookId, jobId }) => ({ group: webhookId, jobId })),
    );
    return {
      taken: messages.filter((_, place) => reservations[place] === 'reserved'),
      dropped: messages.filter((_, place) => reservations[place] === 'full'),
    };
  }

  /** A message is sent, given up, or not wanted any more. */
  release({ webhookId, jobId }: Addressed): Promise<void> {
    return this.#limit.release({ group: webhookId, jobId });
  }
}
