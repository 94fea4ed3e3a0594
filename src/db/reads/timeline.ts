/**
 * Watches PostgreSQL's timeline, whose number rises with each promotion of a standby and each point-in-time recovery.
 * Afterwards PostgreSQL may lack transactions that this process has seen.
 */
import { sql } from 'kysely';
import { RefreshTimer } from '../../runtime/refresh-timer.ts';
import type { Database } from '../connection/orm.ts';
import { rowsOf } from '../connection/pipeline.ts';
import { statement } from '../statement.ts';

const LOOK_EVERY_MS = 1000;

const writtenTimeline = statement(
  'the timeline',
  () => sql<{ timeline: string | null }>`
    select case when not pg_is_in_recovery()
      then left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) end as timeline`,
);

/** Reads the current timeline. @returns null on a read-only server */
async function readTimeline(orm: Database): Promise<string | null> {
  const [row] = await rowsOf(orm, writtenTimeline({}));
  return row?.timeline ?? null;
}

export class TimelineWatch {
  readonly #orm: Database;
  readonly #onChange: () => void;
  #timeline: string | null = null;
  readonly #timer = new RefreshTimer(() => this.#look(), LOOK_EVERY_MS);

  /** @param onChange called after a change; cached rows may no longer exist in PostgreSQL */
  constructor(orm: Database, onChange: () => void) {
    this.#orm = orm;
    this.#onChange = onChange;
  }

  /**
   * Checks now, to notice a failover within the first second, and then every second. A service that does not expose its
   * timeline counts as unchanged.
   */
  async start(): Promise<void> {
    await this.#look().catch(() => undefined);
    this.#timer.start();
  }

  stop(): void {
    this.#timer.stop();
  }

  async #look(): Promise<void> {
    const before = this.#timeline;
    const now = await readTimeline(this.#orm);
    if (now === null) return;
    this.#timeline = now;
    if (before !== null && before !== now) this.#onChange();
  }
}
