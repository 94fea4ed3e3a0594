/**
 * An estimate of PostgreSQL's clock. Commands are timestamped with it, so that API processes with different clocks agree
 * on when a hold expires. Between measurements it advances with the process's monotonic clock, which changes of the
 * host's time (NTP, a resumed VM) do not affect.
 */
import { sql } from 'kysely';
import type { EpochMs } from '../../commands/epoch-ms.ts';
import { RefreshTimer } from '../../runtime/refresh-timer.ts';
import type { Database } from '../connection/orm.ts';
import { pipelined } from '../connection/pipeline.ts';
import { statement } from '../statement.ts';

const MEASURE_EVERY_MS = 5000;
const SAMPLES = 5;

/** In ms since 1970, with a fractional part. */
const timeOfDay = statement(
  'the time of day',
  () => sql<{ now: EpochMs }>`select (extract(epoch from clock_timestamp()) * 1000)::float8 as now`,
);

export class DatabaseClock {
  readonly #orm: Database;
  /** PostgreSQL's time when this process's monotonic clock was 0, in ms since 1970. */
  #originMs = performance.timeOrigin;
  readonly #timer = new RefreshTimer(() => this.measure(), MEASURE_EVERY_MS);

  constructor(orm: Database) {
    this.#orm = orm;
  }

  /** Measures the offset now and periodically. While PostgreSQL cannot be reached, the last offset is used. */
  async start(): Promise<void> {
    await this.measure();
    this.#timer.start();
  }

  stop(): void {
    this.#timer.stop();
  }

  /** The current time by PostgreSQL's clock, in ms since 1970. */
  now(): EpochMs {
    return Math.round(this.#originMs + performance.now());
  }

  /**
   * Uses the fastest of several samples, whose error is at most half its round trip. All are taken over one connection, so that the wait
   * for one, which may be long in a rush, is in none of them.
   */
  measure(): Promise<void> {
    return pipelined(this.#orm, async (send) => {
      let fastestMs = Number.POSITIVE_INFINITY;
      for (let sample = 0; sample < SAMPLES; sample += 1) {
        const asked = performance.now();
        const [row] = await send(timeOfDay({}));
        const answered = performance.now();
        if (!row || answered - asked >= fastestMs) continue;
        fastestMs = answered - asked;
        this.#originMs = row.now - (asked + answered) / 2;
      }
    });
  }
}
