/**
 * Requests an admission when a batch has made one possible, so that users need not wait for the timer's next run. Requests name
 * the queues, so that a run reads nothing of the others.
 */
import type { Queue } from 'bullmq';
import { HOUSE_QUEUE } from '../../../src/commands/command.ts';
import { settleCheckout } from '../../../src/commands/money/settle-checkout.ts';
import { payOrder } from '../../../src/commands/orders/pay-order.ts';
import { enterQueue } from '../../../src/commands/queue/enter-queue.ts';
import { leaveQueue } from '../../../src/commands/queue/leave-queue.ts';
import { resultOf } from '../../../src/commands/result-of.ts';
import { QUEUE_ID_MAX } from '../../../src/commands/schemas/values.ts';
import { queueIdOf } from '../../../src/domain/queue-entries.ts';
import { queueKeyStart } from '../../../src/lanes/bullmq/keys.ts';
import { TIMERS_QUEUE } from '../../../src/lanes/bullmq/queues.ts';
import type { RedisConnection } from '../../../src/lanes/redis/redis.ts';
import type { FinishedCommand } from '../../batch/batch.ts';

/**
 * How long a request after a freed slot is delayed, to combine it with others, in ms. Batches of payments free slots many
 * times a second, and waiting users poll at most once a second. A user who has just entered is not delayed.
 */
const FREED_WAIT_MS = 50;

/** Commands that free a slot. */
const SLOT_FREEING_COMMANDS = new Set([
  'leave-queue',
  'pay-booking',
  'pay-order',
  'settle-checkout',
]);

export class AdmissionRequests {
  readonly #ask: (queueIds: readonly number[]) => void;
  readonly #queueIds = new Set<number>();
  #soon: NodeJS.Timeout | undefined;

  /** @param ask may be called at any time */
  constructor(ask: (queueIds: readonly number[]) => void) {
    this.#ask = ask;
  }

  /** Requests an admission: immediately if a user has entered a queue, shortly after if a slot became free. */
  onFinished(finished: readonly FinishedCommand[]): void {
    let isAnyNew = false;
    for (const command of finished) {
      const isNew = command.name === 'enter-queue';
      if (!isNew && !SLOT_FREEING_COMMANDS.has(command.name)) continue;
      if (command.outcome.state !== 'succeeded') continue;
      const queueId = queueOf(command);
      if (queueId === undefined) continue;
      isAnyNew ||= isNew;
      this.#queueIds.add(queueId);
    }
    if (isAnyNew) this.#askNow();
    else if (this.#queueIds.size > 0) {
      this.#soon ??= setTimeout(() => this.#askNow(), FREED_WAIT_MS);
    }
  }

  stop(): void {
    clearTimeout(this.#soon);
  }

  #askNow(): void {
    clearTimeout(this.#soon);
    this.#soon = undefined;
    const queueIds = [...this.#queueIds];
    this.#queueIds.clear();
    this.#ask(queueIds);
  }
}

/**
 * Results of the house queue's commands in older versions name no queue, and the payment of a booking never does.
 * @returns undefined for what a provider tells, unless that has paid an order
 */
function queueOf(finished: FinishedCommand): number | undefined {
  const settled = resultOf(settleCheckout, finished);
  if (settled) return settled.order?.queueId;
  const entry = resultOf(enterQueue, finished) ?? resultOf(leaveQueue, finished);
  const { queueId } = entry ?? resultOf(payOrder, finished)?.order ?? {};
  if (queueId !== undefined) return queueId;
  const { entryId } = finished;
  return entryId === undefined ? HOUSE_QUEUE : queueIdOf(entryId);
}

export interface AskDeps {
  redis: RedisConnection;
  redisPrefix: string;
  /** The queue of timers. */
  queue: Queue;
}

/** The set of queues for which an admission was requested, by any process. */
const askedKey = ({ redisPrefix }: AskDeps) => `${queueKeyStart(redisPrefix, TIMERS_QUEUE)}asked`;

/**
 * A run in flight may have missed the latest change, so another run follows it. At most one further run is pending; it takes the
 * names of all requests.
 * @param queueIds at least one
 */
export async function askForAdmission(deps: AskDeps, queueIds: readonly number[]): Promise<void> {
  await deps.redis.sadd(askedKey(deps), ...queueIds);
  const deduplication = { id: 'admit', keepLastIfActive: true };
  const once = { deduplication, removeOnComplete: true, removeOnFail: true };
  await deps.queue.add('admit', {}, once);
}

/**
 * The queues for which an admission was requested since the last call. If the run that takes them fails, the timer's next run
 * serves them, as it serves all.
 */
export async function takeAskedQueues(deps: AskDeps): Promise<number[]> {
  return (await deps.redis.spop(askedKey(deps), QUEUE_ID_MAX)).map(Number);
}
