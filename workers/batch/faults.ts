/** Decides which errors are retried, and after how long. */

import { isLockTimeout, isServiceUnavailable } from '../../src/runtime/service-errors.ts';
import { RowsChanged } from '../rows/rows-changed.ts';

/** Another process took over the lane while a batch was in flight. The batch was rolled back, and its loop ends. */
export class LaneLost extends Error {
  constructor(lane: string) {
    super(`Another process has taken over lane ${lane}; the batch was rolled back.`);
    this.name = 'LaneLost';
  }
}

/**
 * `away`: PostgreSQL cannot be reached; retry until it can.
 * `locked`: another transaction held a row lock beyond the lock timeout, or changed rows that a command had chosen;
 *   continue with the commands that do not need those rows.
 * `clash`: two transactions conflicted; retry a few times.
 * `faulty`: a retry would fail too; apply the commands one by one to find the faulty one.
 */
export type FaultKind = 'away' | 'locked' | 'clash' | 'faulty';

const CLASH_CODES = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '57014', // query_canceled: statement_timeout
]);

/** Keys whose rows two lanes may insert at the same time: a retry finds the row of the other. */
const CLASH_KEYS = new Set([
  'command_receipt_pkey', // They used one idempotency key.
  'points_pkey', // They gave a user the first points.
]);

export function faultKind(error: unknown): FaultKind {
  if (error instanceof RowsChanged) return 'locked';
  const { code, constraint } = describe(error);
  if (isLockTimeout(error)) return 'locked';
  if (CLASH_CODES.has(code)) return 'clash';
  if (isServiceUnavailable(error)) return 'away';
  if (isForgottenUser(error)) return 'clash';
  if (code === '23505' && CLASH_KEYS.has(constraint)) return 'clash';
  return 'faulty';
}

/**
 * Whether a row refers to a user that this process has cached but PostgreSQL no longer has. This happens after a
 * failover to a standby that lagged behind.
 */
export function isForgottenUser(error: unknown): boolean {
  const { code, constraint } = describe(error);
  return code === '23503' && constraint.endsWith('_user_fk');
}

/** Why transactions are rolled back, as the metrics distinguish them. */
export const ROLLBACK_CAUSES = [
  'deadlock',
  'serialization',
  'lock_timeout',
  'statement_timeout',
  'rows_changed',
  'constraint',
  'lane_lost',
  'away',
  'other',
] as const;
export type RollbackCause = (typeof ROLLBACK_CAUSES)[number];

const CAUSES_BY_CODE: Readonly<Record<string, RollbackCause>> = {
  '40P01': 'deadlock', // deadlock_detected
  '40001': 'serialization', // serialization_failure
  '55P03': 'lock_timeout', // lock_not_available
  '57014': 'statement_timeout', // query_canceled; pg_cancel_backend has the same code
};
/** The class of integrity constraint violations. */
const CONSTRAINT_CLASS = '23';

/**
 * Why the transaction that failed with this error was rolled back. It is finer than the kind of fault, which only says what the
 * worker does next. `rows_changed`: a handler needs rows that the batch has not locked; `away`: PostgreSQL cannot be reached.
 */
export function rollbackCause(error: unknown): RollbackCause {
  if (error instanceof RowsChanged) return 'rows_changed';
  if (error instanceof LaneLost) return 'lane_lost';
  const { code } = describe(error);
  const known = CAUSES_BY_CODE[code];
  if (known) return known;
  if (code.startsWith(CONSTRAINT_CLASS)) return 'constraint';
  return isServiceUnavailable(error) ? 'away' : 'other';
}

const AWAY_DELAYS_MS = [50, 100, 200, 400, 800, 1000];
const CLASH_DELAYS_MS = [5, 25, 100];

/**
 * How long to wait before the next retry.
 * @param tries number of attempts so far
 * @returns ms, or undefined when the batch must not be retried
 */
export function retryDelayMs(kind: FaultKind, tries: number): number | undefined {
  if (kind === 'away') return AWAY_DELAYS_MS[Math.min(tries, AWAY_DELAYS_MS.length) - 1];
  if (kind === 'clash') return CLASH_DELAYS_MS[tries - 1];
  return undefined;
}

function describe(error: unknown): { code: string; constraint: string } {
  const { code, constraint } = (error ?? {}) as Record<string, unknown>;
  return { code: String(code ?? ''), constraint: String(constraint ?? '') };
}
