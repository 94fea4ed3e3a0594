/** Takes the advisory locks of a batch, in the statement that opens it. */
import { type RawBuilder, sql } from 'kysely';
import type { Given } from '../../src/db/statement.ts';

const locked = (keys: RawBuilder<readonly string[]>) => sql`(
  select count(pg_advisory_xact_lock(key)) from (
    select key from unnest(${keys}::bigint[]) as given(key) order by key) sorted)`;

/** @param keys in any order */
export const takeAdvisoryLocks = (keys: RawBuilder<readonly string[]>) => locked(keys).as('locks');

export interface Turns {
  advisoryLockKeys: readonly string[];
  /** The timeout of these locks, in ms. */
  turnTimeout: string;
  /** The timeout of the transaction, in ms. */
  lockTimeout: string | null;
}

/** Takes the locks with a timeout of their own, and then sets that of the transaction again: a row is evaluated from left to right. */
export const takeTurns = (given: Given<Turns>) =>
  sql`(
    set_config('lock_timeout', ${given.turnTimeout}, true),
    ${locked(given.advisoryLockKeys)},
    set_config('lock_timeout', ${given.lockTimeout}, true))`.as('locks');
