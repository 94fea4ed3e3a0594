/** Timers. BullMQ job schedulers run each timer once over all processes. */
import { type Job, Worker } from 'bullmq';
import { queuePrefix } from '../../src/lanes/bullmq/keys.ts';
import { TIMERS_QUEUE } from '../../src/lanes/bullmq/queues.ts';
import { keepScheduled, TIMER_NAMES, type TimerName } from './schedule.ts';
import { ScheduledRuns } from './scheduled-runs.ts';
import { type TimerDeps, timerWork } from './timer-work.ts';

/** Starts running timers in this process. */
export async function startTimers(deps: TimerDeps): Promise<{ close(): Promise<void> }> {
  const run = runnerOf(deps);
  deps.metrics.runsTimers(TIMER_NAMES);
  const schedule = await keepScheduled(deps.queue, deps.log);
  const worker = openWorker(deps, run);
  return {
    async close() {
      schedule.stop();
      await worker.close();
    },
  };
}

/** @returns what runs a job and says whether it ran: a run that somebody asked for is never left out */
function runnerOf(deps: TimerDeps): (job: Job) => Promise<boolean> {
  const { metrics } = deps;
  const work = timerWork(deps);
  const scheduled = new ScheduledRuns();
  const runOne = async (job: Job) => {
    const began = performance.now();
    try {
      await work[job.name as TimerName]?.(job);
    } finally {
      metrics.timerTook(job.name, performance.now() - began);
    }
  };
  return async (job) => {
    if (job.repeatJobKey !== undefined) return scheduled.run(job.name, () => runOne(job));
    await runOne(job);
    return true;
  };
}

function openWorker(
  { redis, redisPrefix, metrics, log }: TimerDeps,
  run: (job: Job) => Promise<boolean>,
): Worker {
  const worker = new Worker(TIMERS_QUEUE, run, {
    connection: redis,
    prefix: queuePrefix(redisPrefix, TIMERS_QUEUE),
    // One for each timer: relaying many events, offering many calls, ranking a long queue or the end of many waiting entries
    // must not delay an admission.
    concurrency: TIMER_NAMES.length,
    lockDuration: 10_000,
    stalledInterval: 5000,
    maxStalledCount: 1000,
    removeOnComplete: { count: 100 },
    removeOnFail: { count: 1000 },
    skipVersionCheck: true,
  });
  worker.on('error', (error) =>
    log.debug({ err: error }, 'BullMQ reported an error; it will retry.'),
  );
  worker.on('completed', ({ name }, hasRun) => hasRun && metrics.timer(name, 'done'));
  worker.on('failed', (job, error) => {
    metrics.timer(job?.name ?? 'unknown', 'failed');
    log.error({ err: error, timer: job?.name }, 'A timer failed; its next run retries.');
  });
  return worker;
}
