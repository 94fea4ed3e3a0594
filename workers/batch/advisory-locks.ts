/** Takes the advisory locks of a batch, in the statement that opens it. */
import { sql } from 'kysely';
import type { Given } from '../../src/db/statement.ts';

/** Timeouts in ms; null: the setting of the connection. */
export interface AdvisoryLocks {
  advisoryLockKeys: readonly string[];
  /** The timeout of these locks, if it is not that of the transaction. */
  advisoryTimeout: string | null;
  /** The timeout of the transaction. */
  lockTimeout: string | null;
}

/**
 * Takes the advisory locks, with a timeout of their own, and sets that of the transaction again. The subquery makes PostgreSQL evaluate the
 * three in this order.
 */
export const takeAdvisoryLocks = (given: Given<AdvisoryLocks>) =>
  sql`(case when ${given.advisoryTimeout}::text is not null
      then set_config('lock_timeout', ${given.advisoryTimeout}, true) end,
    (select count(pg_advisory_xact_lock(key)) from (
      select key from unnest(${given.advisoryLockKeys}::bigint[]) as given(key) order by key) sorted),
    case when ${given.advisoryTimeout}::text is not null
      then set_config('lock_timeout', ${given.lockTimeout}, true) end)`.as('locks');
