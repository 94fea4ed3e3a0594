/** Delivers queued webhook messages: signed, with retries, at least once, in no particular order. */
import { type Job, UnrecoverableError, type Worker } from 'bullmq';
import type { EpochMs } from '../../../src/commands/epoch-ms.ts';
import { webhookSecret } from '../../../src/commands/schemas/webhook-secret.ts';
import { readLiveWebhooks } from '../../../src/db/reads/webhooks.ts';
import { WEBHOOKS_QUEUE } from '../../../src/lanes/bullmq/queues.ts';
import type { RedisConnection } from '../../../src/lanes/redis/redis.ts';
import { oneQueryAtATime } from '../one-query-at-a-time.ts';
import { clockOf, isLastTry, postpone, startQueueWorker } from '../queue-worker.ts';
import { AddressRefused } from './addresses.ts';
import { NameResolver } from './name-resolver.ts';
import { type Delivery, FIRST_RETRY_MS, type OutboxDeps, TRIES_MAX } from './outbox.ts';
import type { Receiver } from './receiver.ts';
import { Receivers } from './receivers.ts';
import { send } from './send.ts';
import { signedHeaders } from './signature.ts';

/** Maximum of concurrent jobs. Half of them may wait for their turn; the rest allows ten requests to each of 100 receivers. */
const CONCURRENCY = 2000;
/** How long a message may be pending. While its receiver is paused, a message uses no tries, so this limit applies. */
const PENDING_MS_MAX = 86_400_000;
/** Delay of a message while PostgreSQL cannot be asked whether its webhook still exists. */
const UNKNOWN_MS = 1000;
const GONE = 410;

export interface DeliveryDeps extends OutboxDeps {
  redis: RedisConnection;
  redisPrefix: string;
  secret: string;
  isPrivateAllowed: boolean;
  /** Name servers as `ADDRESS:PORT`. Default: those of the system. */
  nameServers?: readonly string[];
  /** The timeout of one request, in ms. */
  timeoutMs?: number;
  /** How a message is sent. Default: by HTTP. */
  send?: typeof send;
}

/** What delivering one message needs, whatever queue it comes from. */
export type DeliveringDeps = Omit<DeliveryDeps, 'queue' | 'redis' | 'redisPrefix'>;

/** Starts delivering messages in this process. Close the returned worker to stop. */
export function startDeliveries(deps: DeliveryDeps): Worker<Delivery> {
  const deliveries = new Deliveries(deps);
  const worker = startQueueWorker<Delivery>(deps, {
    queue: WEBHOOKS_QUEUE,
    work: (job, token) => deliveries.deliver(job, token),
    concurrency: CONCURRENCY,
    triesMax: TRIES_MAX,
    about: ({ webhookId }) => ({ webhookId }),
    lines: {
      retried: 'A webhook message could not be delivered; it will be retried.',
      givenUp: 'A webhook message failed on its last try and will not be delivered.',
    },
  });
  worker.on('closing', () => deliveries.letGo());
  worker.on('completed', (_, result) => deps.metrics.delivery(result));
  worker.on('failed', (job, error) => {
    const isLast = !job || isLastTry(error, job.attemptsMade, TRIES_MAX);
    const result = isLast ? 'given_up' : 'retried';
    deps.metrics.delivery(error instanceof AddressRefused ? 'refused' : result);
  });
  return worker;
}

/** Delivers the messages that a process dequeues. */
export class Deliveries {
  readonly #deps: DeliveringDeps;
  readonly #names: NameResolver;
  readonly #receivers: Receivers;
  readonly #isLive: (webhookId: number) => Promise<true | undefined>;

  constructor(deps: DeliveringDeps) {
    this.#deps = deps;
    this.#receivers = new Receivers(deps.firstRetryMs ?? FIRST_RETRY_MS);
    this.#names = new NameResolver(deps.nameServers);
    this.#isLive = oneQueryAtATime(async (ids) => {
      const live = await readLiveWebhooks(deps.orm, ids);
      return new Map([...live].map((id) => [id, true]));
    });
  }

  /** @throws {DelayedError} when the message must wait for its receiver; otherwise the error of the request */
  async deliver(job: Job<Delivery>, token?: string): Promise<'delivered' | 'removed'> {
    const { webhookId } = job.data;
    const receiver = this.#receivers.of(webhookId);
    const now = clockOf(job);
    const waitMs = await receiver.enter(performance.now());
    if (waitMs > 0) return this.#postpone(job, token, now() + waitMs);
    const isLive = await this.#isLive(webhookId).then(
      (found) => found ?? false,
      () => undefined,
    );
    if (isLive === undefined) {
      receiver.withdrawn();
      return this.#postpone(job, token, now() + UNKNOWN_MS);
    }
    if (!isLive) {
      receiver.withdrawn();
      this.#receivers.forget(webhookId);
      await this.#release(job);
      return 'removed';
    }
    try {
      await this.#send(job, receiver, now());
    } catch (error) {
      if (isLastTry(error, job.attemptsMade + 1, TRIES_MAX)) await this.#release(job);
      throw error;
    }
    await this.#release(job);
    return 'delivered';
  }

  /** Returns the messages that wait in this process to the queue. */
  letGo(): void {
    this.#receivers.letGo();
  }

  /** Delays a message without using one of its tries. @param until in ms since 1970 */
  async #postpone(job: Job<Delivery>, token: string | undefined, until: EpochMs): Promise<never> {
    if (until - job.timestamp > PENDING_MS_MAX) {
      await this.#release(job);
      throw new UnrecoverableError(
        'The message was pending for a day, because the receiver was unavailable.',
      );
    }
    return postpone(job, token, until);
  }

  async #send(job: Job<Delivery>, receiver: Receiver, now: EpochMs): Promise<void> {
    const { secret, isPrivateAllowed, timeoutMs, send: sendMessage = send } = this.#deps;
    const { webhookId, url, body } = job.data;
    const { key } = webhookSecret(secret, webhookId);
    // Receivers refuse old timestamps, so each try uses its own.
    const timestamp = Math.floor(now / 1000);
    const headers = signedHeaders({ id: job.id as string, timestamp, body }, key);
    const startedAt = performance.now();
    const took = () => performance.now() - startedAt;
    try {
      const status = await sendMessage({
        url,
        headers,
        body,
        timeoutMs,
        isPrivateAllowed,
        names: this.#names,
      });
      if (status === GONE)
        throw new UnrecoverableError(
          'The server responded with 410; the message will not be retried.',
        );
      if (status < 200 || status > 299) throw new Error(`The server responded with ${status}.`);
      receiver.succeeded(took());
    } catch (error) {
      if (error instanceof AddressRefused) receiver.withdrawn();
      else if (error instanceof UnrecoverableError) receiver.succeeded(took());
      else receiver.failed(performance.now(), took());
      throw error;
    }
  }

  #release(job: Job<Delivery>): Promise<void> {
    return this.#deps.pending.release({ webhookId: job.data.webhookId, jobId: job.id as string });
  }
}
