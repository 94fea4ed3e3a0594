/**
 * Outcomes on their way to webhooks: put into a queue of their own before their jobs are finished, so that
 * whoever repeats the batch repeats this too, and delivered with retries, at least once.
 */
import { type Queue, UnrecoverableError, Worker } from 'bullmq';
import type { Logger } from 'pino';
import { webhookSecret } from '../../src/commands/webhook-secret.ts';
import type { Database } from '../../src/db/orm.ts';
import { listWebhooks, type WebhookView } from '../../src/db/reads/webhooks.ts';
import { queuePrefix, WEBHOOKS_QUEUE } from '../../src/lanes/queues.ts';
import type { RedisConnection } from '../../src/lanes/redis.ts';
import type { FinishedCommand } from '../batch.ts';
import type { WorkerMetrics } from '../metrics.ts';
import { AddressRefused } from './addresses.ts';
import { send } from './send.ts';
import { signedHeaders } from './signature.ts';

const REFRESH_MS = 2000;
const WEBHOOKS_MAX = 1000;
const CONCURRENCY = 20;
/** The tries spread over about ten minutes. */
const TRIES_MAX = 8;
const FIRST_RETRY_MS = 5000;
const GONE = 410;

interface Delivery {
  webhookId: number;
  url: string;
  body: string;
}

export interface DeliveryDeps {
  orm: Database;
  redis: RedisConnection;
  queue: Queue;
  redisPrefix: string;
  secret: string;
  isPrivateAllowed: boolean;
  /** When a message is sent again, in ms; tests have less patience. */
  firstRetryMs?: number;
  metrics: WorkerMetrics;
  log: Logger;
}

/** Knows the webhooks, and queues the outcomes that they want to hear of. */
export class WebhookOutbox {
  readonly #deps: DeliveryDeps;
  readonly #timer: NodeJS.Timeout;
  #webhooks: readonly WebhookView[] = [];

  constructor(deps: DeliveryDeps) {
    this.#deps = deps;
    this.#timer = setInterval(() => this.refresh().catch(() => undefined), REFRESH_MS).unref();
  }

  async refresh(): Promise<void> {
    this.#webhooks = await listWebhooks(this.#deps.orm, { after: 0, limit: WEBHOOKS_MAX });
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Queues what became of a batch. An id that is queued already is left as it is. */
  async put(finished: readonly FinishedCommand[]): Promise<void> {
    if (this.#webhooks.length === 0) return;
    const { queue, firstRetryMs } = this.#deps;
    const jobs = finished.flatMap((command) =>
      this.#webhooks
        .filter(({ commands }) => commands === null || commands.includes(command.name))
        .map(({ id: webhookId, url }) => ({
          name: command.name,
          data: { webhookId, url, body: toBody(command) } satisfies Delivery,
          opts: { jobId: `${webhookId}_${command.jobId}`, ...retryOptions(firstRetryMs) },
        })),
    );
    if (jobs.length > 0) await queue.addBulk(jobs);
  }
}

/** How often and when a message is sent, in BullMQ's terms. A finished one is kept to swallow repeats. */
export function retryOptions(firstRetryMs = FIRST_RETRY_MS) {
  return {
    attempts: TRIES_MAX,
    backoff: { type: 'exponential', delay: firstRetryMs, jitter: 0.3 },
    removeOnComplete: { age: 3600, count: 10_000 },
    removeOnFail: { age: 7 * 86_400, count: 10_000 },
  };
}

function toBody({
  jobId,
  name,
  outcome,
  acceptedAt,
  finishedAt,
  subject,
}: FinishedCommand): string {
  const isDone = outcome.state === 'succeeded';
  const finished = new Date(finishedAt).toISOString();
  return JSON.stringify({
    type: `command.${outcome.state}`,
    timestamp: finished,
    data: {
      id: jobId,
      command: name,
      subject,
      state: outcome.state,
      result: isDone ? outcome.result : null,
      problem: isDone ? null : outcome.problem,
      createdAt: new Date(acceptedAt).toISOString(),
      finishedAt: finished,
    },
  });
}

/** Starts this process's part in delivering. Close the worker to end it. */
export function startDeliveries(deps: DeliveryDeps): Worker<Delivery> {
  const worker = new Worker<Delivery>(
    WEBHOOKS_QUEUE,
    // The time of this try: who checks signatures refuses old ones.
    (job) => deliver(deps, job.id as string, job.data, job.processedOn ?? job.timestamp),
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
  worker.on('completed', () => deps.metrics.delivery('delivered'));
  worker.on('failed', (job, error) => {
    const isLast = error instanceof UnrecoverableError || (job?.attemptsMade ?? 0) >= TRIES_MAX;
    const about = { err: error, webhookId: job?.data.webhookId, message: job?.id };
    deps.metrics.delivery(isLast ? 'given_up' : 'retried');
    if (isLast) deps.log.error(about, 'A message to a webhook was given up.');
    else deps.log.warn(about, 'A message to a webhook was not taken; it is sent again later.');
  });
  return worker;
}

async function deliver(deps: DeliveryDeps, id: string, delivery: Delivery, sentAt: number) {
  const { key } = webhookSecret(deps.secret, delivery.webhookId);
  const { url, body } = delivery;
  const timestamp = Math.floor(sentAt / 1000);
  try {
    const { isPrivateAllowed } = deps;
    const headers = signedHeaders({ id, timestamp, body }, key);
    const status = await send({ url, headers, body, isPrivateAllowed });
    if (status >= 200 && status < 300) return;
    if (status === GONE) throw new UnrecoverableError('The server says 410: it wants no more.');
    throw new Error(`The server answered ${status}.`);
  } catch (error) {
    if (error instanceof AddressRefused) throw new UnrecoverableError(error.message);
    throw error;
  }
}
