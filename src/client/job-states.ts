/** A job that is watched by its stream of events until it is finished. */
import { followEvents } from './follow-events.ts';
import { isFinished, type Job, pathOfJob } from './job.ts';
import type { CallOptions } from './options.ts';
import type { Patience } from './patience.ts';

/** The job as it is, and again whenever its state has changed; the last one is finished. */
export async function* watchJob(
  patience: Patience,
  jobId: string,
  { signal }: CallOptions,
): AsyncGenerator<Job, void, undefined> {
  const request = { method: 'GET', path: `${pathOfJob(jobId)}/events`, signal } as const;
  let shown = '';
  for await (const { event, data } of followEvents(patience, () => request)) {
    if (event !== 'job') continue;
    const job = JSON.parse(data) as Job;
    if (job.state !== shown) yield job;
    if (isFinished(job)) return;
    shown = job.state;
  }
}
