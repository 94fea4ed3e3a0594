/**
 * Forecasts when the waiting users of a queue are admitted, from its admission and its active sessions.
 *
 * Two things hold users up: the rate (`admitLimit` in each window) and the ceiling (`maxActive` sessions). Under a full ceiling
 * a user is admitted when a session ends. A session ends at its expiry, or earlier: by a payment, by leaving, or unclaimed. When
 * the active sessions expire is known. How many end earlier is measured by those of the recent past. The forecast goes through
 * the future in steps of some seconds; in each, sessions end, and as many users are admitted as rate and ceiling permit. They
 * occupy the ceiling in turn.
 */
import type { EpochMs } from '../../commands/epoch-ms.ts';
import type { SessionEnds } from '../../db/reads/queue/session-ends.ts';
import type { QueueRate } from './position.ts';

/** What is known of the sessions of a queue. */
export interface Sessions extends Omit<SessionEnds, 'queueId'> {
  /** When it was read, in ms since 1970. */
  readAt: EpochMs;
}

const STEP_MS = 2000;
/** Limits the work of a forecast: with long sessions the steps are longer. */
const STEPS_PER_SESSION_MAX = 200;

/** How many steps a session lasts, unless it is prolonged. It is a whole number, so that rounding does not add up. */
function stepsPerSessionOf({ queueTokenMs }: QueueRate): number {
  return Math.min(STEPS_PER_SESSION_MAX, Math.ceil(queueTokenMs / STEP_MS));
}

/** Sums of parts of users are not exact. */
const ROUNDING = 1e-6;

/** Without any session to learn from, one is taken to last half as long as it may, on average. That is the solution of 1 - e^-x = x / 2. */
const UNKNOWN_EARLY_ENDS = 1.594;

/** Each recent session counts as if it had lasted this much longer, with early ends as often as in the sessions before. */
const UNPROVEN_MS = 30_000;

interface Given {
  rate: QueueRate;
  /** The number of active sessions. */
  active: number;
  /** Undefined if it was not read yet: then the sessions are taken to expire evenly over the time that one lasts. */
  sessions: Sessions | undefined;
  /** In ms since 1970. */
  now: EpochMs;
}

/** One step of the forecast. */
interface Step {
  /** Slots that are free at its beginning; negative if more sessions are active than the ceiling permits. */
  free: number;
  /** Sessions that end in it, evenly. */
  ended: number;
  /** Users admitted before it, and until its end. */
  from: number;
  to: number;
}

export class Forecast {
  /** How long a step lasts. */
  readonly #stepMs: number;
  readonly #stepsPerSession: number;
  /** How many users the rate admits in a step at most. */
  readonly #perStep: number;
  readonly #steps: readonly Step[];

  constructor(given: Given) {
    const { rate } = given;
    this.#stepsPerSession = stepsPerSessionOf(rate);
    this.#stepMs = rate.queueTokenMs / this.#stepsPerSession;
    this.#perStep = (rate.admitLimit * this.#stepMs) / rate.admitWindowMs;
    this.#steps = this.#simulate(given);
  }

  /**
   * When the user at this position is admitted, if no user ahead leaves and the admission goes on from now.
   * @param position 1 for the next user
   * @returns ms from now
   */
  msUntil(position: number): number {
    const admitted = position - ROUNDING;
    const last = this.#steps.at(-1)?.to ?? 0;
    // Beyond the simulated time, everything repeats after the length of a session.
    const perSession = last - (this.#steps.at(-1 - this.#stepsPerSession)?.to ?? 0);
    const repeated = Math.max(0, Math.ceil((admitted - last) / perSession));
    const index = repeated * this.#stepsPerSession;
    const within = admitted - repeated * perSession;
    return (index + this.#stepsUntil(within)) * this.#stepMs;
  }

  /** The number of steps until this many users are admitted, with the part of the last one. */
  #stepsUntil(admitted: number): number {
    const index = this.#firstStepTo(admitted);
    const step = this.#steps[index];
    if (!step) return index;
    const still = admitted - step.from;
    const byCeiling = still > step.free ? (still - step.free) / step.ended : 0;
    return index + Math.min(1, Math.max(still / this.#perStep, byCeiling));
  }

  /** The index of the first step at whose end this many users are admitted. */
  #firstStepTo(admitted: number): number {
    let [low, high] = [0, this.#steps.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#steps[middle] as Step).to < admitted) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #simulate({ rate, active, sessions, now }: Given): Step[] {
    const perSession = this.#stepsPerSession;
    const remaining = Math.exp(-earlyEndsPerMs(sessions, rate) * this.#stepMs);
    const expiries = this.#expiriesFrom(now, active, sessions);
    const leftOfNew = remaining ** (perSession - 1);
    const steps: Step[] = [];
    let [free, living, from] = [rate.maxActive - active, active, 0];
    /** The share of the sessions known now that has not ended early by now. */
    let leftOfKnown = 1;
    // In the first two lengths of a session the line adapts to the ends of the known ones; the third is repeated.
    for (let index = 0; index < expiries.length + 2 * perSession; index += 1) {
      const before = steps[index - perSession];
      const expiredOfNew = before ? (before.to - before.from) * leftOfNew : 0;
      const expired = (expiries[index] ?? 0) * leftOfKnown + expiredOfNew;
      const ended = expired + Math.max(0, living - expired) * (1 - remaining);
      const admitted = Math.max(0, Math.min(this.#perStep, free + ended));
      steps.push({ free, ended, from, to: from + admitted });
      free += ended - admitted;
      living += admitted - ended;
      from += admitted;
      leftOfKnown *= remaining;
    }
    return steps;
  }

  /** How many of the active sessions expire in each step from now. */
  #expiriesFrom(now: EpochMs, active: number, sessions: Sessions | undefined): number[] {
    const perSession = this.#stepsPerSession;
    if (!sessions) return Array<number>(perSession).fill(active / perSession);
    const passedMs = now - sessions.readAt;
    const expiries: number[] = Array<number>(perSession).fill(0);
    let known = 0;
    for (const [second, count] of sessions.expiries.entries()) {
      const leftMs = (second + 1) * 1000 - passedMs;
      if (leftMs <= 0) continue;
      const index = Math.ceil(leftMs / this.#stepMs) - 1;
      while (expiries.length <= index) expiries.push(0);
      expiries[index] = (expiries[index] ?? 0) + count;
      known += count;
    }
    const share = known > active ? active / known : 1;
    const shares = expiries.map((count) => count * share);
    // Sessions that are not known began since, and last longest.
    shares[perSession - 1] = (shares[perSession - 1] ?? 0) + Math.max(0, active - known);
    return shares;
  }
}

/**
 * How many of the active sessions end early in a ms, as a share. The recent sessions say it, together with those before, which
 * count for less the longer the recent ones last: when a sale has just opened no user has paid yet, although most users will.
 */
function earlyEndsPerMs(sessions: Sessions | undefined, { queueTokenMs }: QueueRate): number {
  const unknown = UNKNOWN_EARLY_ENDS / queueTokenMs;
  if (!sessions) return unknown;
  const { recent, earlier } = sessions;
  const before =
    earlier.lastedSeconds > 0 ? earlier.endedEarly / (earlier.lastedSeconds * 1000) : unknown;
  const unprovenMs = recent.count * UNPROVEN_MS;
  if (unprovenMs === 0) return before;
  return (recent.endedEarly + before * unprovenMs) / (recent.lastedSeconds * 1000 + unprovenMs);
}
