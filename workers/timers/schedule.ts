/** Schedules the timers with BullMQ, and checks that they stay scheduled. */
import type { Queue } from 'bullmq';
import type { Logger } from 'pino';

/** How often each timer runs. */
const EVERY_MS = {
  'expire-holds': 1000,
  admit: 1000,
  draw: 1000,
  'end-waiting': 1000,
  'relay-events': 1000,
  'look-at-checkouts': 1000,
  'offer-calls': 1000,
  'end-cancelled-orders': 1000,
  prune: 60_000,
};

/** How often this process checks that the timers are scheduled. */
const CHECK_EVERY_MS = 2000;
/** A timer whose next run is this late, or this far beyond its interval, is scheduled again. */
const LATE_MS = 5000;

export type TimerName = keyof typeof EVERY_MS;
export const TIMER_NAMES = Object.keys(EVERY_MS) as TimerName[];

/** Schedules the timers, and checks them until `stop` is called. */
export async function keepScheduled(
  queue: Queue,
  log: Pick<Logger, 'debug'>,
): Promise<{ stop(): void }> {
  await schedule(queue);
  const checking = setInterval(() => {
    schedule(queue).catch(() =>
      log.debug('The timers could not be checked; the next check follows.'),
    );
  }, CHECK_EVERY_MS);
  return { stop: () => clearInterval(checking) };
}

/**
 * Schedules timers that are missing or wrong. Redis may have been emptied, or a worker whose clock was ahead may have
 * scheduled the next run far in the future.
 */
async function schedule(queue: Queue): Promise<void> {
  const known = await queue.getJobSchedulers();
  const now = Date.now();
  for (const [name, every] of Object.entries(EVERY_MS)) {
    const next = known.find(({ key }) => key === name)?.next ?? 0;
    if (Math.abs(next - now) <= every + LATE_MS) continue;
    // BullMQ computes the next run from the one it knows, so a wrong one must be removed first.
    await queue.removeJobScheduler(name);
    await queue.upsertJobScheduler(name, { every }, { name });
  }
}
