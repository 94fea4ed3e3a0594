/** Which thrown errors are worth another try, and after how long. */

import { isServiceAway } from '../../src/runtime/service-errors.ts';
import { RowsChanged } from '../rows/rows.ts';

/** The lane was taken over while a batch was under way. The batch changed nothing; its loop ends. */
export class LaneLost extends Error {
  constructor(lane: string) {
    super(`Lane ${lane} has another owner by now: this batch changed nothing.`);
    this.name = 'LaneLost';
  }
}

/**
 * `away`: the database cannot be reached; try until it can.
 * `locked`: another transaction holds a row for longer than we wait, or took rows that a command had chosen; go on with
 *   everything that does not need them.
 * `clash`: two transactions got in each other's way; a few more tries will do.
 * `faulty`: this will fail again; run the commands one by one to find which it is.
 */
export type FaultKind = 'away' | 'locked' | 'clash' | 'faulty';

/** lock_not_available: lock_timeout */
const LOCKED_CODE = '55P03';

const CLASH_CODES = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '57014', // query_canceled: statement_timeout
]);

export function faultKind(error: unknown): FaultKind {
  if (error instanceof RowsChanged) return 'locked';
  const { code, constraint } = describe(error);
  if (code === LOCKED_CODE) return 'locked';
  if (CLASH_CODES.has(code)) return 'clash';
  if (isServiceAway(error)) return 'away';
  if (isForgottenUser(error)) return 'clash';
  // One idempotency key in two lanes at the same moment: the next try finds the other's receipt.
  if (code === '23505' && constraint === 'command_receipt_pkey') return 'clash';
  return 'faulty';
}

/**
 * Whether a row names a user who is not there, although this process remembers one: PostgreSQL has gone back in time,
 * as in a failover to a standby that had not received everything.
 */
export function isForgottenUser(error: unknown): boolean {
  const { code, constraint } = describe(error);
  return code === '23503' && constraint.endsWith('_user_fk');
}

const AWAY_DELAYS_MS = [50, 100, 200, 400, 800, 1000];
const CLASH_DELAYS_MS = [5, 25, 100];

/**
 * How long to wait before the next try.
 * @param tries how many were made
 * @returns ms, or undefined where no further try makes sense
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
