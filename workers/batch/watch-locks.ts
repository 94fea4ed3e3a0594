/** Measures how long a transaction takes to lock its rows. */
import { isLockTimeout } from '../../src/runtime/service-errors.ts';
import type { BatchMetrics } from '../ops/batch-metrics.ts';

/**
 * Measures from now on until `locking` settles. A lock timeout is measured too, because it ends the longest waits; other
 * errors say nothing about locks. PostgreSQL does not report how long a statement has waited, so the time includes the
 * reads and the way to PostgreSQL and back.
 * @throws what `locking` throws
 */
export async function watchLocks<Result>(
  metrics: Pick<BatchMetrics, 'locked'>,
  locking: Promise<Result>,
): Promise<Result> {
  const began = performance.now();
  const note = () => metrics.locked(performance.now() - began);
  try {
    const result = await locking;
    note();
    return result;
  } catch (error) {
    if (isLockTimeout(error)) note();
    throw error;
  }
}
