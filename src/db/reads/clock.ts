/**
 * PostgreSQL's clock as seen from this process. Commands are stamped with it, so that two API processes
 * whose own clocks differ do not disagree about when a hold runs out.
 */
import { sql } from 'kysely';
import type { Database } from '../orm.ts';

const MEASURE_EVERY_MS = 5000;
const SAMPLES = 5;

export class DatabaseClock {
  readonly #orm: Database;
  #offsetMs = 0;
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
    return Math.round(Date.now() + this.#offsetMs);
  }

  /** The answer that came fastest tells the most: it is off by half its round trip at most. */
  async measure(): Promise<void> {
    let fastestMs = Number.POSITIVE_INFINITY;
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      const asked = Date.now();
      const { rows } = await sql<{ now: number }>`
        select (extract(epoch from clock_timestamp()) * 1000)::float8 as now
        `.execute(this.#orm.em.getKysely());
      const answered = Date.now();
      const [row] = rows;
      if (!row || answered - asked >= fastestMs) continue;
      fastestMs = answered - asked;
      this.#offsetMs = row.now - (asked + answered) / 2;
    }
  }
}
