/** Classifies thrown errors: which ones mean that PostgreSQL or Redis is temporarily unavailable. */

/** Error codes of Node's sockets and name resolution. */
const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
]);

/** PostgreSQL's SQLSTATEs, besides class 08 (connection exceptions). */
const POSTGRES_CODES = new Set([
  '25006', // read_only_sql_transaction: a standby, until a failover is over
  '25P03', // idle_in_transaction_session_timeout: this process was frozen for a while
  '53100', // disk_full
  '53200', // out_of_memory
  '53300', // too_many_connections
  '53400', // configuration_limit_exceeded
  '55P03', // lock_not_available: lock_timeout
  '57014', // query_canceled: statement_timeout
  '57P01', // admin_shutdown, also pg_terminate_backend
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now: starting up
  '57P05', // idle_session_timeout
  '58030', // io_error
]);

/** In class 08, but caused by a bug of the client. */
const PROTOCOL_VIOLATION = '08P01';

/** Redis's error replies start with a code. With these, Redis rejects the whole command or script and changes nothing. */
const REDIS_REFUSALS =
  /^(READONLY|OOM|MISCONF|LOADING|MASTERDOWN|NOREPLICAS|CLUSTERDOWN|TRYAGAIN|MOVED|ASK|BUSY|UNBLOCKED)\b/;

/** Redis rejects a connection before it accepts any command. */
const REDIS_FULL = /max number of clients reached/;

/** Messages of `ioredis` for commands that were not sent. */
const REDIS_NOT_SENT =
  /stream isn't writeable|cluster isn't ready|None of startup nodes is available|Failed to refresh slots cache/i;

/** Messages of `ioredis` when the connection or the reply is lost. */
const REDIS_LOST =
  /command timed out|max retries per request|^connection is closed|command aborted due to connection close|socket timeout|too many cluster redirections/i;

/** Messages of `pg`, without a code, when a connection is lost or the pool cannot provide one. */
const POSTGRES_LOST =
  /connection (terminated|ended|is closed)|timeout expired|timeout exceeded when trying to connect|not queryable|query read timeout|cannot_connect/i;

/** Whether PostgreSQL or Redis was unreachable or refused to serve, so that a retry may succeed. */
export function isServiceUnavailable(error: unknown): boolean {
  const { code, message } = partsOf(error);
  if (code === PROTOCOL_VIOLATION) return false;
  if (SOCKET_CODES.has(code) || POSTGRES_CODES.has(code) || code.startsWith('08')) return true;
  return POSTGRES_LOST.test(message) || isRedisUnavailable(error);
}

/** Whether it was Redis that refused to serve or was lost. An error of a socket may also be of Redis, and does not say so. */
export function isRedisUnavailable(error: unknown): boolean {
  const { message } = partsOf(error);
  const patterns = [REDIS_REFUSALS, REDIS_FULL, REDIS_NOT_SENT, REDIS_LOST];
  return patterns.some((pattern) => pattern.test(message));
}

/**
 * Whether a Redis server has certainly not executed the command that failed with this error. With any other error it may
 * have. Not reliable on a cluster, where the error may belong to a retry.
 */
export function isCertainlyUndone(error: unknown): boolean {
  const { message } = partsOf(error);
  return [REDIS_REFUSALS, REDIS_FULL, REDIS_NOT_SENT].some((pattern) => pattern.test(message));
}

/** Whether a Redis server reports that it is a replica, so that the connection leads to a former master. */
export function isReadOnlyReplica(error: unknown): boolean {
  return /^(READONLY|MASTERDOWN)\b/.test(partsOf(error).message);
}

/** Whether a PostgreSQL connection leads to a read-only server: a standby or a former primary. */
export function isReadOnlyDatabase(error: unknown): boolean {
  return partsOf(error).code === '25006';
}

/** Whether PostgreSQL has waited for a lock for as long as the transaction permits. */
export function isLockTimeout(error: unknown): boolean {
  return partsOf(error).code === '55P03';
}

function partsOf(error: unknown): { code: string; message: string } {
  const { code, message } = (error ?? {}) as Record<string, unknown>;
  return { code: String(code ?? ''), message: String(message ?? '') };
}
