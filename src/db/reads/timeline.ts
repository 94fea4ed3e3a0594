/**
 * PostgreSQL's timeline: its number rises with each promotion of a standby and each point-in-time recovery. An asynchronous
 * standby, or a recovery to an earlier moment, may lack transactions that this process has seen.
 */
import { sql } from 'kysely';
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

/** The timeline that is written to. @returns null on a server that takes no writes */
async function readTimeline(orm: Database): Promise<string | null> {
  const [row] = await rowsOf(orm, writtenTimeline({}));
  return row?.timeline ?? null;
}

export class TimelineWatch {
  readonly #orm: Database;
  readonly #onChange: () => void;
  #timeline: string | null = null;
  #timer: NodeJS.Timeout | undefined;

  /** @param onChange what is remembered of PostgreSQL may be rows that are not there any more */
  constructor(orm: Database, onChange: () => void) {
    this.#orm = orm;
    this.#onChange = onChange;
  }

  /**
   * Looks now, so that a failover within the first second is noticed too, and then each second. A service that does not
   * tell its timeline is taken to have one only.
   */
  async start(): Promise<void> {
    await this.#look().catch(() => undefined);
    this.#timer = setInterval(() => this.#look().catch(() => undefined), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const before = this.#timeline;
    const now = await readTimeline(this.#orm);
    if (now === null) return;
    this.#timeline = now;
    if (before !== null && before !== now) this.#onChange();
  }
}
