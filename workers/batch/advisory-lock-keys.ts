/** Names the advisory locks of a batch, which it takes before any row. */
import { hash } from 'node:crypto';
import type { Needs } from '../handlers/handler.ts';
import type { TakenCommand } from './batch.ts';
import type { Opening } from './receipts.ts';

type Needing = readonly { needs: Needs; taken: TakenCommand }[];

/** @param turnTimeoutMs how long to wait for the turn to choose the best seats; undefined: as long as for a row */
export function advisoryLocksOf(
  batch: Needing,
  turnTimeoutMs: number | undefined,
): Pick<Opening, 'advisoryLockKeys' | 'turnTimeoutMs'> {
  const choosesSeats = batch.some(({ needs }) => needs.adjacentSeats);
  return {
    advisoryLockKeys: advisoryLockKeysOf(batch),
    turnTimeoutMs: choosesSeats ? turnTimeoutMs : undefined,
  };
}

/**
 * The keys of the advisory locks that a batch takes: one per user whose live bookings it counts, because two seat lanes must
 * not count the bookings of one user concurrently; and one per schedule whose best seats it chooses, because concurrent
 * batches would choose the same seats, and all but one would have to retry; and one for the ceilings of all queues, because
 * concurrent batches would not see each other's new queues.
 */
export function advisoryLockKeysOf(batch: Needing): string[] {
  const lockNames = batch.flatMap(({ needs: { seatLimit, adjacentSeats, allQueues }, taken }) => [
    ...(allQueues ? ['the ceilings of all queues'] : []),
    ...(seatLimit ? [taken.accepted.subject] : []),
    ...(adjacentSeats ? [`the best seats of schedule ${adjacentSeats.scheduleId}`] : []),
  ]);
  return [...new Set(lockNames)].map((lockName) =>
    hash('sha1', lockName, 'buffer').readBigInt64BE().toString(),
  );
}
