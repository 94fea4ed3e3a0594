/** The readings of the last minutes, one per second, and the rates between two of them. */
import type { Admission } from '../../../client/index.ts';
import {
  type Buckets,
  type CommandCounts,
  commandCounts,
  latencyBuckets,
  parseMetrics,
  quantile,
  sampleValue,
} from './prometheus.ts';

/** All figures of the board at one time. */
export interface Reading {
  /** In ms, by `performance.now()` of the page. */
  at: number;
  /** Identifies the API process that responded; counters of different processes cannot be compared. */
  process: number;
  admission: Admission;
  counts: CommandCounts;
  buckets: Buckets;
  /** Pending commands by lane. */
  lanes: ReadonlyMap<string, number>;
  /** Requests that are waiting for an outcome. */
  waitingRequests: number;
}

export interface CommandRate {
  command: string;
  perSecond: number;
  /** Counts since the start of the process, by outcome. */
  totals: Readonly<Record<'succeeded' | 'rejected' | 'failed', number>>;
}

const KEPT_MS = 180_000;
/** The period over which rates and latencies are computed. */
const RATE_MS = 10_000;
const WINDOWS = 3;

export function toReading(at: number, admission: Admission, metrics: string): Reading {
  const samples = parseMetrics(metrics);
  const lanes = samples.filter(({ name }) => name === 'seatlane_lane_waiting');
  return {
    at,
    admission,
    process: sampleValue(samples, 'process_start_time_seconds'),
    counts: commandCounts(samples),
    buckets: latencyBuckets(samples),
    lanes: new Map(lanes.map(({ labels, value }) => [labels.lane ?? '', value])),
    waitingRequests: sampleValue(samples, 'seatlane_waiting_requests'),
  };
}

export function add(history: readonly Reading[], reading: Reading): Reading[] {
  return [...history.filter(({ at }) => reading.at - at < KEPT_MS), reading];
}

/** The readings of one queue: the board shows one at a time, and may have shown others before. */
export function readingsOf(history: readonly Reading[], queueId: number): Reading[] {
  return history.filter(({ admission }) => admission.queueId === queueId);
}

/** The latest reading of the same process that is at least `ms` older than `of`, or else the oldest one. */
function before(history: readonly Reading[], of: Reading, ms: number): Reading | undefined {
  const same = history.filter(({ process, at }) => process === of.process && at < of.at);
  return same.findLast(({ at }) => of.at - at >= ms) ?? same[0];
}

function sumOf(counts: CommandCounts): number {
  return [...counts.values()].flatMap((states) => [...states.values()]).reduce((a, b) => a + b, 0);
}

/** Outcomes per second, for each reading. */
export function commandRates(history: readonly Reading[]): number[] {
  return history.map((reading) => {
    const earlier = before(history, reading, 2000);
    if (!earlier) return 0;
    const fresh = sumOf(reading.counts) - sumOf(earlier.counts);
    return Math.max(0, fresh / ((reading.at - earlier.at) / 1000));
  });
}

/**
 * Admissions per window, for each reading. They are averaged over several windows, because users are admitted in steps:
 * a single window would show none or twice as many.
 */
export function admittedPerWindow(history: readonly Reading[]): number[] {
  return history.map((reading) => {
    const { admission, at } = reading;
    const windowMs = admission.admitWindowSeconds * 1000;
    const earlier = history.findLast((each) => at - each.at >= WINDOWS * windowMs) ?? history[0];
    if (!earlier || earlier === reading) return 0;
    const windows = Math.max(1, (at - earlier.at) / windowMs);
    return Math.max(0, admission.lastAdmitted - earlier.admission.lastAdmitted) / windows;
  });
}

/** The latency in ms that `part` of the outcomes did not exceed, for each reading; 0 if there were no outcomes. */
export function latencies(history: readonly Reading[], part: number): number[] {
  return history.map((reading) => {
    const earlier = before(history, reading, RATE_MS);
    const seconds = earlier && quantile(earlier.buckets, reading.buckets, part);
    return (seconds ?? 0) * 1000;
  });
}

/** The rate of each command that has had an outcome, the highest first. */
export function ratesByCommand(history: readonly Reading[]): CommandRate[] {
  const last = history.at(-1);
  if (!last) return [];
  const earlier = before(history, last, RATE_MS);
  const seconds = earlier ? (last.at - earlier.at) / 1000 : 1;
  const rates = [...last.counts].flatMap(([command, states]) => {
    const total = sumOf(new Map([[command, states]]));
    if (total === 0) return [];
    const known = earlier?.counts.get(command);
    const earlierTotal = known ? sumOf(new Map([[command, known]])) : 0;
    const fresh = earlier ? Math.max(0, total - earlierTotal) : 0;
    const of = (state: string) => states.get(state) ?? 0;
    const totals = { succeeded: of('succeeded'), rejected: of('rejected'), failed: of('failed') };
    return [{ command, perSecond: fresh / seconds, totals }];
  });
  return rates.sort((a, b) => b.perSecond - a.perSecond || a.command.localeCompare(b.command));
}
