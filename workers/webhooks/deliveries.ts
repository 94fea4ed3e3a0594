/** Sends the queued messages to webhooks: signed, with retries, at least once, and in no order. */
import { DelayedError, type Job, UnrecoverableError, Worker } from 'bullmq';
import DataLoader from 'dataloader';
import { webhookSecret } from '../../src/commands/schemas/webhook-secret.ts';
import { readLiveWebhooks } from '../../src/db/reads/webhooks.ts';
import { queuePrefix } from '../../src/lanes/bullmq/keys.ts';
import { WEBHOOKS_QUEUE } from '../../src/lanes/bullmq/queues.ts';
import type { RedisConnection } from '../../src/lanes/redis/redis.ts';
import { AddressRefused } from './addresses.ts';
import { NameResolver } from './name-resolver.ts';
import { type Delivery, FIRST_RETRY_MS, type OutboxDeps, TRIES_MAX } from './outbox.ts';
import type { Receiver } from './receiver.ts';
import { Receivers } from './receivers.ts';
import { send } from './send.ts';
import { signedHeaders } from './signature.ts';

/** Messages in hand at a time: half of them may wait for their turn, so that there is room for ten requests to each of a hundred receivers. */
const CONCURRENCY = 2000;
/** While its receiver is paused a message uses up no tries, but it does not wait for longer than a day. */
const PENDING_MS_MAX = 86_400_000;
/** When a message is looked at again while PostgreSQL does not say whether its webhook is still wanted. */
const UNKNOWN_MS = 1000;
const GONE = 410;

export interface DeliveryDeps extends OutboxDeps {
  redis: RedisConnection;
  redisPrefix: string;
  secret: string;
  isPrivateAllowed: boolean;
  /** Name servers as `ADDRESS:PORT`; those of the system where left out. */
  nameServers?: readonly string[];
  /** How long one request may take, in ms. */
  timeoutMs?: number;
}

/** Starts this process's part in delivering. Close the worker to end it. */
export function startDeliveries(deps: DeliveryDeps): Worker<Delivery> {
  const deliveries = new Deliveries(deps);
  const worker = new Worker<Delivery>(
    WEBHOOKS_QUEUE,
    (job, token) => deliveries.deliver(job, token),
    {
      connection: deps.redis,
      prefix: queuePrefix(deps.redisPrefix, WEBHOOKS_QUEUE),
      concurrency: CONCURRENCY,
      maxStalledCount: 1000,
      skipVersionCheck: true,
    },
  );
  worker.on('error', (error) =>
    deps.log.debug({ err: error }, 'BullMQ reported an error; it tries again.'),
  );
  worker.on('closing', () => deliveries.letGo());
  worker.on('completed', (_, result) => deps.metrics.delivery(result));
  worker.on('failed', (job, error) => {
    const isLast = !job || isLastTry(error, job.attemptsMade);
    const about = { err: error, webhookId: job?.data.webhookId, message: job?.id };
    deps.metrics.delivery(isLast ? 'given_up' : 'retried');
    if (isLast) deps.log.error(about, 'A message to a webhook was given up.');
    else deps.log.warn(about, 'A message to a webhook was not taken; it is sent again later.');
  });
  return worker;
}

const isLastTry = (error: unknown, triesMade: number): boolean =>
  error instanceof UnrecoverableError || triesMade >= TRIES_MAX;

class Deliveries {
  readonly #deps: DeliveryDeps;
  readonly #names: NameResolver;
  readonly #receivers: Receivers;
  /** One query at a time, for all messages that are about to be sent: batches need the connections. */
  readonly #isLive: DataLoader<number, boolean>;
  #lastQuery: Promise<unknown> = Promise.resolve();

  constructor(deps: DeliveryDeps) {
    this.#deps = deps;
    this.#receivers = new Receivers(deps.firstRetryMs ?? FIRST_RETRY_MS);
    this.#names = new NameResolver(deps.nameServers);
    this.#isLive = new DataLoader(
      async (ids) => {
        const query = readLiveWebhooks(deps.orm, ids);
        this.#lastQuery = query.catch(() => undefined);
        const live = await query;
        return ids.map((id) => live.has(id));
      },
      { cache: false, batchScheduleFn: (begin) => void this.#lastQuery.then(begin) },
    );
  }

  /** @throws DelayedError where the message waits for its receiver; what the last request failed of */
  async deliver(job: Job<Delivery>, token?: string): Promise<'delivered' | 'removed'> {
    const { webhookId } = job.data;
    const receiver = this.#receivers.of(webhookId);
    const now = clockOf(job);
    const waitMs = await receiver.enter(performance.now());
    if (waitMs > 0) return this.#putOff(job, token, now() + waitMs);
    const isLive = await this.#isLive.load(webhookId).catch(() => undefined);
    if (isLive === undefined) {
      receiver.withdrawn();
      return this.#putOff(job, token, now() + UNKNOWN_MS);
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
      if (isLastTry(error, job.attemptsMade + 1)) await this.#release(job);
      throw error;
    }
    await this.#release(job);
    return 'delivered';
  }

  /** Messages that wait in this process go back into the queue. */
  letGo(): void {
    this.#receivers.letGo();
  }

  /** Later, without using up one of its tries. */
  async #putOff(job: Job<Delivery>, token: string | undefined, until: number): Promise<never> {
    if (until - job.timestamp > PENDING_MS_MAX) {
      await this.#release(job);
      throw new UnrecoverableError('The receiver did not take messages for a day.');
    }
    await job.moveToDelayed(Math.ceil(until), token);
    throw new DelayedError();
  }

  async #send(job: Job<Delivery>, receiver: Receiver, now: number): Promise<void> {
    const { secret, isPrivateAllowed, timeoutMs } = this.#deps;
    const { webhookId, url, body } = job.data;
    const { key } = webhookSecret(secret, webhookId);
    // The time of this try: receivers that check signatures refuse old ones.
    const timestamp = Math.floor(now / 1000);
    const headers = signedHeaders({ id: job.id as string, timestamp, body }, key);
    const startedAt = performance.now();
    const took = () => performance.now() - startedAt;
    try {
      const status = await send({
        ...{ url, headers, body, timeoutMs },
        isPrivateAllowed,
        names: this.#names,
      });
      if (status === GONE) throw new UnrecoverableError('The server says 410: it wants no more.');
      if (status < 200 || status > 299) throw new Error(`The server answered ${status}.`);
      receiver.succeeded(took());
    } catch (error) {
      if (error instanceof UnrecoverableError) receiver.succeeded(took());
      else if (error instanceof AddressRefused) receiver.withdrawn();
      else receiver.failed(performance.now(), took());
      if (error instanceof AddressRefused) throw new UnrecoverableError(error.message);
      throw error;
    }
  }

  #release(job: Job<Delivery>): Promise<void> {
    return this.#deps.pending.release({ webhookId: job.data.webhookId, jobId: job.id as string });
  }
}

/** The time, in ms since 1970, reckoned from when the worker took the job. */
function clockOf({ processedOn, timestamp }: Job): () => number {
  const takenAt = (processedOn ?? timestamp) - performance.now();
  return () => takenAt + performance.now();
}
