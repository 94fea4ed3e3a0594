/** The house queue as tests read it: its counters, and who is out of its line. */
import type { QueueCounters } from '../../../../src/db/reads/queue/counters.ts';
import type { LineBlock } from '../../../../src/db/reads/queue/line.ts';

export const COUNTERS: QueueCounters = {
  id: 1,
  name: 'The house queue',
  createdAt: new Date(0),
  isGathering: false,
  opensAt: null,
  drawOverdueSeconds: 0,
  waiting: 10,
  active: 0,
  lastAdmitted: 4,
  lastNumber: 14,
  admittedLastMinute: 0,
  isPaused: false,
  isSoldOut: false,
  admitLimit: null,
  admitWindowMs: null,
  maxActive: null,
};

/** A second queue, which nobody has reached. */
export const OTHER: QueueCounters = { ...COUNTERS, id: 2, lastAdmitted: 0 };

/** What is configured for the queues. */
export const RATE = {
  admitLimit: 250,
  admitWindowMs: 10_000,
  maxActive: 1000,
  queueTokenMs: 300_000,
};

/** The numbers of the house queue up to this one are out of the line. */
export function goneUpTo(last: number, version = 1): LineBlock {
  const gone = '1'.repeat(last).padEnd(1024, '0');
  return { queueId: 1, source: 'system', block: 0, gone, version };
}

/** An announcement that the admission of the house queue has come this far. */
export const reached = (lastNumber: number) => [{ queueId: 1, lastNumber }];
