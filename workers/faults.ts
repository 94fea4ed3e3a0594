/** Which thrown errors are worth another try, and after how long. */
import { RowsChanged } from './rows.ts';

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

const AWAY_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  '25006', // read_only_sql_transaction: a standby, until a failover is over
  'EAI_AGAIN',
  '25P03', // idle_in_transaction_session_timeout: this process was frozen for a while
  '53300', // too_many_connections
  '57P01', // admin_shutdown, also pg_terminate_backend
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now: starting up
  '57P05', // idle_session_timeout
]);

/** lock_not_available: lock_timeout */
const LOCKED_CODE = '55P03';

const CLASH_CODES = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '57014', // query_canceled: statement_timeout
]);

/** What `pg` says without a code when a connection ends under it or cannot be had. */
const AWAY_MESSAGES =
  /connection (terminated|ended|is closed)|timeout expired|timeout exceeded when trying to connect|not queryable/i;

/** Of the class of connection errors, but our own doing. */
const PROTOCOL_VIOLATION = '08P01';

export function faultKind(error: unknown): FaultKind {
  if (error instanceof RowsChanged) return 'locked';
  const { code, constraint, message } = describe(error);
  if (code === PROTOCOL_VIOLATION) return 'faulty';
  if (AWAY_CODES.has(code) || code.startsWith('08') || AWAY_MESSAGES.test(message)) return 'away';
  if (code === LOCKED_CODE) return 'locked';
  if (CLASH_CODES.has(code)) return 'clash';
  // One idempotency key in two lanes at the same moment: the next try finds the other's receipt.
  if (code === '23505' && constraint === 'command_receipt_pkey') return 'clash';
  return 'faulty';
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

function describe(error: unknown): { code: string; constraint: string; message: string } {
  const { code, constraint, message } = (error ?? {}) as Record<string, unknown>;
  return {
    code: String(code ?? ''),
    constraint: String(constraint ?? ''),
    message: String(message ?? ''),
  };
}
