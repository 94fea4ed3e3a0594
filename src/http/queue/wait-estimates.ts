/**
 * Estimates the wait of users from memory: the counters, and the ends of sessions, which are read every few seconds while
 * somebody has to wait for one. No response waits for that read.
 */
import type { EpochMs } from '../../commands/epoch-ms.ts';
import type { QueueEntry } from '../../commands/schemas/resources.ts';
import type { QueueCounters } from '../../db/reads/queue/counters.ts';
import type { SessionEnds } from '../../db/reads/queue/session-ends.ts';
import { Forecast, type Sessions } from './forecast.ts';
import type { QueueRate } from './position.ts';

/** How old the ends of sessions may be before they are read again. */
const READ_EVERY_MS = 5000;
/** Ends that are older are not used: no estimate was needed for a while, or PostgreSQL cannot be reached. */
const OUTDATED_MS = 30_000;

export interface WaitEstimatesDeps {
  /** Reads how the sessions of these queues end. */
  readSessionEnds(queueIds: readonly number[]): Promise<SessionEnds[]>;
  /** In ms since 1970, by PostgreSQL's clock. */
  now(): EpochMs;
}

/** A user who waits in a queue. */
export interface Waiting {
  position: number;
  counters: QueueCounters;
  rate: QueueRate;
}

export type EstimatedWait = Pick<QueueEntry, 'estimatedWaitSeconds' | 'isWaitKnown'>;

export class WaitEstimates {
  readonly #deps: WaitEstimatesDeps;
  /** The ends of sessions as they were read last, by queue. */
  readonly #sessions = new Map<number, Sessions>();
  /** The queues whose ends are to be read. */
  readonly #wanted = new Set<number>();
  #isReading = false;
  /** After a failed read, in ms since 1970. */
  #nextReadAt: EpochMs = 0;
  /** A forecast serves all users of a queue until its counters are read again. */
  #forecasts = new WeakMap<QueueCounters, Forecast>();

  constructor(deps: WaitEstimatesDeps) {
    this.#deps = deps;
  }

  /**
   * How long a user still waits. While no user is admitted the wait is not known: then the estimate counts from the moment at
   * which the admission goes on. While a draw gathers, it is the time until the draw and the average wait in the line after it,
   * which also makes the users of a long line poll less often around the draw.
   * @returns whole seconds, at least 1
   */
  of({ position, counters, rate }: Waiting): EstimatedWait {
    const { isPaused, isGathering, isSoldOut, opensAt, waiting } = counters;
    const now = this.#deps.now();
    const drawMs = opensAt ? Math.max(0, opensAt.getTime() - now) : 0;
    const expected = opensAt ? Math.max(1, Math.ceil(waiting / 2)) : position;
    const waitMs = drawMs + this.#msUntilAdmitted({ position: expected, counters, rate }, now);
    return {
      estimatedWaitSeconds: Math.max(1, Math.ceil(waitMs / 1000)),
      isWaitKnown: !isPaused && !isGathering && !isSoldOut,
    };
  }

  #msUntilAdmitted({ position, counters, rate }: Waiting, now: EpochMs): number {
    const { id, active } = counters;
    const isSlotFree = position <= rate.maxActive - active;
    if (isSlotFree) return (position / rate.admitLimit) * rate.admitWindowMs;
    const sessions = this.#sessionsOf(id, now);
    const known = this.#forecasts.get(counters);
    if (known) return known.msUntil(position);
    const forecast = new Forecast({ rate, active, sessions, now });
    this.#forecasts.set(counters, forecast);
    return forecast.msUntil(position);
  }

  /** What was read last. A read that is due begins now; its result is for later estimates. */
  #sessionsOf(queueId: number, now: EpochMs): Sessions | undefined {
    const known = this.#sessions.get(queueId);
    const age = known ? now - known.readAt : Infinity;
    if (age >= READ_EVERY_MS) this.#wanted.add(queueId);
    if (this.#wanted.size > 0 && !this.#isReading && now >= this.#nextReadAt) void this.#read();
    return age <= OUTDATED_MS ? known : undefined;
  }

  async #read(): Promise<void> {
    const { now, readSessionEnds } = this.#deps;
    const queueIds = [...this.#wanted];
    this.#wanted.clear();
    this.#isReading = true;
    try {
      for (const { queueId, ...ends } of await readSessionEnds(queueIds)) {
        this.#sessions.set(queueId, { ...ends, readAt: now() });
      }
      this.#forecasts = new WeakMap();
    } catch {
      this.#nextReadAt = now() + READ_EVERY_MS;
    } finally {
      this.#isReading = false;
    }
  }
}
