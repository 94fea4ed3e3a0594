/** The advisory locks of a batch. The statement that opens the batch takes them, before any row. */
import { hash } from 'node:crypto';
import { type RawBuilder, sql } from 'kysely';
import type { Given } from '../../src/db/statement.ts';
import type { Needs } from '../handlers/needs.ts';
import type { TakenCommand } from './batch.ts';

/**
 * How long a batch waits for its turn to choose the best seats of a schedule: each batch of all processes that wants some keeps the turn
 * until its commit. Of rows only those of its lanes are locked meanwhile; it may hold locks of users for whom it has waited before.
 */
const TURN_TIMEOUT_MS = 3000;

export interface AdvisoryLocks {
  /**
   * The keys of the users and schedules whose commands in different lanes must not run concurrently. All batches take the
   * locks in the same order and before any row lock, and hold them until the commit.
   */
  advisoryLockKeys: readonly string[];
  /** Whether the batch chooses the best seats of a schedule. It waits longer for that turn than for a row. */
  choosesSeats: boolean;
}

type Needing = readonly { needs: Needs; taken: TakenCommand }[];

export function advisoryLocksOf(batch: Needing): AdvisoryLocks {
  return {
    advisoryLockKeys: advisoryLockKeysOf(batch),
    choosesSeats: batch.some(({ needs }) => needs.places?.best),
  };
}

/**
 * The keys of the advisory locks that a batch takes: one per user whose live bookings it counts, because two seat lanes must
 * not count the bookings of one user concurrently; and one per schedule whose best seats it chooses, because concurrent
 * batches would choose the same seats, and all but one would have to retry; and one for the ceilings of all queues and one for the
 * times of all draws, because concurrent batches would not see each other's new queues and draws; and one for new webhooks, so that
 * their ids are in the order of their commits.
 */
function advisoryLockKeysOf(batch: Needing): string[] {
  const lockNames = batch.flatMap(({ needs, taken }) => [
    ...(needs.allQueues ? ['the ceilings of all queues'] : []),
    ...(needs.draws?.withOthersOfQueues ? ['the times of all draws'] : []),
    ...(needs.newIds?.webhook ? ['new webhooks'] : []),
    ...(needs.places ? [taken.accepted.subject] : []),
    ...(needs.places?.best ? [`the best seats of schedule ${needs.places.scheduleId}`] : []),
  ]);
  return [...new Set(lockNames)].map((lockName) =>
    hash('sha1', lockName, 'buffer').readBigInt64BE().toString(),
  );
}

const locked = (keys: RawBuilder<readonly string[]>) => sql`(
  select count(pg_advisory_xact_lock(key)) from (
    select key from unnest(${keys}::bigint[]) as given(key) order by key) sorted)`;

/** Takes the locks with the lock timeout of the transaction. @param keys in any order */
export const takeAdvisoryLocks = (keys: RawBuilder<readonly string[]>) => locked(keys).as('locks');

export interface Turns {
  advisoryLockKeys: readonly string[];
  /** The lock timeout of the transaction, in ms. */
  lockTimeout: string;
}

/** Takes the locks with a timeout of their own, and then sets that of the transaction again: a row is evaluated from left to right. */
export const takeTurns = (given: Given<Turns>) =>
  sql`(
    set_config('lock_timeout', ${sql.lit(String(TURN_TIMEOUT_MS))}, true),
    ${locked(given.advisoryLockKeys)},
    set_config('lock_timeout', ${given.lockTimeout}, true))`.as('locks');
