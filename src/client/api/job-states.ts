/** Watches a job through its event stream until it has finished. */

import type { CommandOptions } from '../options.ts';
import { followEvents } from '../transport/follow-events.ts';
import type { RetryPolicy } from '../transport/retry-policy.ts';
import { isFinished, type Job, pathOfJob } from './job.ts';

/**
 * Yields the job at once and after each change of its state. The last one has finished.
 * @throws Unreachable with the given idempotency key, so that the caller can send the job's command again
 */
export async function* watchJob(
  retryPolicy: RetryPolicy,
  jobId: string,
  { signal, idempotencyKey }: CommandOptions,
): AsyncGenerator<Job, void, undefined> {
  const path = `${pathOfJob(jobId)}/events`;
  const request = { method: 'GET', path, signal, idempotencyKey } as const;
  let lastState = '';
  for await (const { event, data } of followEvents(retryPolicy, () => request)) {
    if (event !== 'job') continue;
    const job = JSON.parse(data) as Job;
    if (job.state !== lastState) yield job;
    if (isFinished(job)) return;
    lastState = job.state;
  }
}
