/**
 * PostgreSQL's clock as seen from this process. Commands are stamped with it, so that two API processes
 * whose own clocks differ do not disagree about when a hold runs out. Between two measurements the process's
 * monotonic clock counts on, which no step of the host's time of day (NTP, a resumed VM) moves.
 */
import { sql } from 'kysely';
import type { Database } from '../connection/orm.ts';
import { rowsOf } from '../connection/pipeline.ts';
import { statement } from '../statement.ts';

const MEASURE_EVERY_MS = 5000;
const SAMPLES = 5;

/** In ms since 1970, with fractions. */
const timeOfDay = statement(
  'the time of day',
  () => sql<{ now: number }>`select (extract(epoch from clock_timestamp()) * 1000)::float8 as now`,
);

export class DatabaseClock {
  readonly #orm: Database;
  /** PostgreSQL's time, in ms since 1970, when this process's monotonic clock stood at 0. */
  #originMs = performance.timeOrigin;
  #timer: NodeJS.Timeout | undefined;

  constructor(orm: Database) {
    this.#orm = orm;
  }

  /** Measures the offset, then again and again; while PostgreSQL is away the last one serves. */
  async start(): Promise<void> {
    await this.measure();
    this.#timer = setInterval(() => this.measure().catch(() => undefined), MEASURE_EVERY_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Now, in ms since 1970, by PostgreSQL's clock. */
  now(): number {
    return Math.round(this.#originMs + performance.now());
  }

  /** Takes the fastest of several samples: it is off by half its round trip at most. */
  async measure(): Promise<void> {
    let fastestMs = Number.POSITIVE_INFINITY;
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      const asked = performance.now();
      const [row] = await rowsOf(this.#orm, timeOfDay({}));
      const answered = performance.now();
      if (!row || answered - asked >= fastestMs) continue;
      fastestMs = answered - asked;
      this.#originMs = row.now - (asked + answered) / 2;
    }
  }
}
