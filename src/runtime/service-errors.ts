/** Which thrown errors mean that PostgreSQL or Redis does not do what it is asked at the moment: the one list of them. */

/** Of Node's sockets and name resolution. */
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

/** PostgreSQL's SQLSTATEs besides class 08, connection exceptions. */
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

/** Of the class of connection exceptions, but our own doing. */
const PROTOCOL_VIOLATION = '08P01';

/** Redis's error replies begin with a word. It refuses the whole command, or the whole script, and changes nothing. */
const REDIS_REFUSALS =
  /^(READONLY|OOM|MISCONF|LOADING|MASTERDOWN|NOREPLICAS|CLUSTERDOWN|TRYAGAIN|MOVED|ASK|BUSY|UNBLOCKED)\b/;

/** Redis refuses a client before it takes any command from it. */
const REDIS_FULL = /max number of clients reached/;

/** What `ioredis` says before it has sent anything. */
const REDIS_NOT_SENT =
  /stream isn't writeable|cluster isn't ready|None of startup nodes is available|Failed to refresh slots cache/i;

/** What `ioredis` says when the connection or the reply is lost on the way. */
const REDIS_LOST =
  /command timed out|max retries per request|^connection is closed|command aborted due to connection close|socket timeout|too many cluster redirections/i;

/** What `pg` says without a code when a connection ends under it or cannot be had. */
const POSTGRES_LOST =
  /connection (terminated|ended|is closed)|timeout expired|timeout exceeded when trying to connect|not queryable|query read timeout|cannot_connect/i;

/** Whether PostgreSQL or Redis could not be reached or refused to serve: the same request may work a moment later. */
export function isServiceAway(error: unknown): boolean {
  const { code, message } = partsOf(error);
  if (code === PROTOCOL_VIOLATION) return false;
  if (SOCKET_CODES.has(code) || POSTGRES_CODES.has(code) || code.startsWith('08')) return true;
  const said = [REDIS_REFUSALS, REDIS_FULL, REDIS_NOT_SENT, REDIS_LOST, POSTGRES_LOST];
  return said.some((pattern) => pattern.test(message));
}

/**
 * Whether a Redis server has certainly not carried out the command that failed with this error; any other failure leaves
 * it open. It does not hold on a cluster, where the error may be that of a second try.
 */
export function isCertainlyUndone(error: unknown): boolean {
  const { message } = partsOf(error);
  return [REDIS_REFUSALS, REDIS_FULL, REDIS_NOT_SENT].some((pattern) => pattern.test(message));
}

/** Whether a Redis server says that it is a replica: the connection leads to a master that is none any more. */
export function isReadOnlyReplica(error: unknown): boolean {
  return /^(READONLY|MASTERDOWN)\b/.test(partsOf(error).message);
}

/** Whether a PostgreSQL connection leads to a server that takes no writes: a standby, or an old primary. */
export function isReadOnlyDatabase(error: unknown): boolean {
  return partsOf(error).code === '25006';
}

function partsOf(error: unknown): { code: string; message: string } {
  const { code, message } = (error ?? {}) as Record<string, unknown>;
  return { code: String(code ?? ''), message: String(message ?? '') };
}
