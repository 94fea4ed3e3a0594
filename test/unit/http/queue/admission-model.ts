/** A model of the admission of one queue, in steps of a second: rate, ceiling, sessions, pauses, users who leave. */
import type { SessionSample } from '../../../../src/db/reads/queue/session-ends.ts';
import type { Sessions } from '../../../../src/http/queue/forecast.ts';
import type { QueueRate } from '../../../../src/http/queue/position.ts';

/** The time between two runs of the admission. */
export const RUN_MS = 1000;

/** As many sessions of the past are looked at. */
const EARLIER_MAX = 200;

interface Session {
  beganAt: number;
  expiresAt: number;
  /** When it ends: at its expiry, or earlier. */
  endsAt: number;
}

export class AdmissionModel {
  readonly rate: QueueRate;
  /** In ms. */
  now = 0;
  isPaused = false;
  /** The users who wait, in their order. */
  line: number[] = [];
  /** When each user was admitted. */
  readonly admittedAt = new Map<number, number>();
  readonly #lastsMs: () => number;
  #active: Session[] = [];
  #ended: Session[] = [];
  #entered = 0;

  /** @param lastsMs how long a session lasts if it does not expire before */
  constructor(rate: QueueRate, lastsMs: () => number = () => Infinity) {
    this.rate = rate;
    this.#lastsMs = lastsMs;
  }

  get active(): number {
    return this.#active.length;
  }

  enter(count: number): void {
    for (let added = 0; added < count; added += 1) {
      this.line.push(this.#entered);
      this.#entered += 1;
    }
  }

  /** These waiting users leave, wherever they stand. */
  leave(isLeaving: (user: number) => boolean): void {
    this.line = this.line.filter((user) => !isLeaving(user));
  }

  /** A run of the admission, a second later. */
  run(): void {
    this.now += RUN_MS;
    const { admitLimit, admitWindowMs, maxActive, queueTokenMs } = this.rate;
    const hasEnded = ({ endsAt }: Session) => endsAt <= this.now;
    this.#ended.push(...this.#active.filter(hasEnded));
    this.#active = this.#active.filter((session) => !hasEnded(session));
    const rememberedMs = Math.max(admitWindowMs, queueTokenMs);
    const isOld = ({ beganAt }: Session) => beganAt <= this.now - rememberedMs;
    this.#ended.sort((a, b) => a.beganAt - b.beganAt);
    this.#ended.splice(0, this.#ended.filter(isOld).length - EARLIER_MAX);
    if (this.isPaused) return;
    const inWindow = [...this.#active, ...this.#ended].filter(
      ({ beganAt }) => beganAt > this.now - admitWindowMs,
    ).length;
    const room = Math.min(admitLimit - inWindow, maxActive - this.active);
    for (const user of this.line.splice(0, Math.max(0, room))) {
      const expiresAt = this.now + queueTokenMs;
      const endsAt = Math.min(expiresAt, this.now + this.#lastsMs());
      this.#active.push({ beganAt: this.now, expiresAt, endsAt });
      this.admittedAt.set(user, this.now);
    }
  }

  runs(count: number): void {
    for (let done = 0; done < count; done += 1) this.run();
  }

  /** What an API process reads of the sessions. */
  sessions(): Sessions {
    const expiries: number[] = [];
    for (const { expiresAt } of this.#active) {
      const second = Math.ceil((expiresAt - this.now) / 1000) - 1;
      while (expiries.length <= second) expiries.push(0);
      expiries[second] = (expiries[second] ?? 0) + 1;
    }
    const isRecent = ({ beganAt }: Session) => beganAt > this.now - this.rate.queueTokenMs;
    const all = [...this.#ended, ...this.#active].toSorted((a, b) => a.beganAt - b.beganAt);
    const recent = all.filter(isRecent);
    return {
      readAt: this.now,
      expiries,
      recent: this.#sampleOf(recent),
      earlier: this.#sampleOf(all.filter((session) => !isRecent(session)).slice(-EARLIER_MAX)),
    };
  }

  #sampleOf(sessions: readonly Session[]): SessionSample {
    const isEarly = ({ endsAt, expiresAt }: Session) => endsAt < expiresAt && endsAt <= this.now;
    const lasted = sessions.map(({ beganAt, endsAt }) => Math.min(endsAt, this.now) - beganAt);
    return {
      count: sessions.length,
      endedEarly: sessions.filter(isEarly).length,
      lastedSeconds: lasted.reduce((sum, ms) => sum + ms, 0) / 1000,
    };
  }
}
