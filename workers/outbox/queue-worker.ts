/** A BullMQ worker that calls other systems: its options, what it logs, and how it counts. */
import {
  DelayedError,
  type Job,
  type Processor,
  UnrecoverableError,
  Worker,
  type WorkerOptions,
} from 'bullmq';
import type { Logger } from 'pino';
import type { EpochMs } from '../../src/commands/epoch-ms.ts';
import { queuePrefix } from '../../src/lanes/bullmq/keys.ts';
import type { RedisConnection } from '../../src/lanes/redis/redis.ts';
import type { WorkerMetrics } from '../ops/metrics.ts';
import type { OutboxQueue } from '../ops/outbox-metrics.ts';

export interface QueueWorkerDeps {
  redis: RedisConnection;
  redisPrefix: string;
  metrics: WorkerMetrics;
  log: Logger;
}

export interface QueueWork<Data> {
  queue: OutboxQueue;
  /** Carries out one job. An error repeats the job, an UnrecoverableError ends it. */
  work: Processor<Data>;
  /** Maximum of concurrent jobs in this process. */
  concurrency: number;
  /** The `attempts` of every job. */
  triesMax: number;
  /** What the log says of a job, besides the error. */
  about(data: Data): object;
  /** The log lines for a try that failed and for the last one. */
  lines: { retried: string; givenUp: string };
  options?: Pick<WorkerOptions, 'lockDuration' | 'stalledInterval' | 'settings'>;
}

/** Starts to consume a queue in this process. Close the returned worker to stop. */
export function startQueueWorker<Data>(
  { redis, redisPrefix, metrics, log }: QueueWorkerDeps,
  { queue, work, concurrency, triesMax, about, lines, options }: QueueWork<Data>,
): Worker<Data> {
  const worker = new Worker<Data>(queue, work, {
    connection: redis,
    prefix: queuePrefix(redisPrefix, queue),
    concurrency,
    maxStalledCount: 1000,
    skipVersionCheck: true,
    ...options,
  });
  worker.on('error', (error) =>
    log.debug({ err: error }, 'BullMQ reported an error; it will retry.'),
  );
  worker.on('completed', () => metrics.outboxJob(queue, 'done'));
  worker.on('failed', (job, error) => {
    const isLast = !job || isLastTry(error, job.attemptsMade, triesMax);
    metrics.outboxJob(queue, isLast ? 'given_up' : 'retried');
    const described = { err: error, ...(job && about(job.data)), message: job?.id };
    if (isLast) log.error(described, lines.givenUp);
    else log.warn(described, lines.retried);
  });
  return worker;
}

/**
 * Delays a job without using one of its tries.
 * @param token the lock of the job, which BullMQ gives to its processor
 * @param until in ms since 1970
 * @throws {DelayedError} always, which tells BullMQ that the job is not done
 */
export async function postpone(
  job: Job,
  token: string | undefined,
  until: EpochMs,
): Promise<never> {
  await job.moveToDelayed(Math.ceil(until), token);
  throw new DelayedError();
}

/** A clock in ms since 1970, computed from the time at which the worker dequeued the job. */
export function clockOf({ processedOn, timestamp }: Job): () => EpochMs {
  const takenAt = (processedOn ?? timestamp) - performance.now();
  return () => takenAt + performance.now();
}

/** Whether a job that failed with this error will not be tried again. @param triesMade including the one that failed */
export function isLastTry(error: unknown, triesMade: number, triesMax: number): boolean {
  return error instanceof UnrecoverableError || triesMade >= triesMax;
}
