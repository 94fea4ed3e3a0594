/**
 * Limits the pending messages per webhook over all processes, so that an unavailable receiver cannot fill Redis.
 */
import { PendingLimit } from '../../../src/lanes/bullmq/pending-limit.ts';
import { WEBHOOKS_QUEUE } from '../../../src/lanes/bullmq/queues.ts';
import type { RedisConnection } from '../../../src/lanes/redis/redis.ts';

/** A message with its webhook and its job id. */
export interface Addressed {
  webhookId: number;
  jobId: string;
}

export class PendingMessages {
  readonly #limit: PendingLimit;

  /** @param max maximum of pending messages per webhook */
  constructor(redis: RedisConnection, { redisPrefix, max }: { redisPrefix: string; max: number }) {
    this.#limit = new PendingLimit(redis, { redisPrefix, queue: WEBHOOKS_QUEUE, max });
  }

  /** Reserves capacity for messages. @returns the messages to queue, and the messages to drop for lack of capacity */
  async reserve<Each extends Addressed>(
    messages: readonly Each[],
  ): Promise<{ taken: Each[]; dropped: Each[] }> {
    const reservations = await this.#limit.reserve(
      messages.map(({ webhookId, jobId }) => ({ group: webhookId, jobId })),
    );
    return {
      taken: messages.filter((_, index) => reservations[index] === 'reserved'),
      dropped: messages.filter((_, index) => reservations[index] === 'full'),
    };
  }

  /** Releases the capacity of a message that was delivered, failed on its last try, or is no longer needed. */
  release({ webhookId, jobId }: Addressed): Promise<void> {
    return this.#limit.release({ group: webhookId, jobId });
  }
}
