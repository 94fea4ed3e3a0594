/**
 * Connections to Redis, failing fast or retrying: to one server, or to a Redis Cluster if REDIS_URL names several nodes.
 */
import { Cluster, Redis } from 'ioredis';
import type { Logger } from 'pino';
import { type ConnectionOptions, openCluster, openServer } from './open-redis.ts';

export type RedisConnection = Redis | Cluster;

/** The default of REDIS_TIMEOUT_MS, in ms: how long a reply may be outstanding. */
const TIMEOUT_MS = 2000;
/** How often a connection is probed, in ms. */
const PROBE_EVERY_MS = 1000;
/** How long a call may block on a connection that `duplicate` has opened, in ms. */
const BLOCKING_MS_MAX = 1000;

/**
 * A connection for requests: its calls fail at once while Redis is unreachable, and after `timeoutMs` while Redis does not
 * reply, so that the request returns 503 instead of hanging. A call that timed out may still take effect.
 */
export function connectFailingFast(
  redisUrl: string,
  log: Logger,
  timeoutMs = TIMEOUT_MS,
): RedisConnection {
  const retries = { enableOfflineQueue: false, maxRetriesPerRequest: 0 };
  return connect(redisUrl, log, { ...retries, ...timeouts(timeoutMs), commandTimeout: timeoutMs });
}

/**
 * A connection for background work: while Redis is unreachable, its calls are queued and sent after the reconnect. Calls
 * have no timeout, because a call that timed out would still be sent then. But if a reply is outstanding for `timeoutMs`,
 * the connection is closed and the calls are retried over a new one. On a cluster, calls are queued only while the whole
 * cluster is unreachable; calls to a single failed node fail.
 */
export function connectWithRetries(
  redisUrl: string,
  log: Logger,
  timeoutMs = TIMEOUT_MS,
): RedisConnection {
  const retries = { enableOfflineQueue: true, maxRetriesPerRequest: null };
  return connect(redisUrl, log, { ...retries, ...timeouts(timeoutMs) });
}

/** The connections of an API process. Both are ready, and leave a server that was demoted to a replica. */
export async function connectApi(
  settings: { redisUrl: string; redisTimeoutMs: number; redisPrefix: string },
  log: Logger,
): Promise<Record<'commands' | 'outcomes', RedisConnection>> {
  const { redisUrl, redisTimeoutMs, redisPrefix } = settings;
  const commands = connectFailingFast(redisUrl, log, redisTimeoutMs);
  const outcomes = connectWithRetries(redisUrl, log, redisTimeoutMs);
  await Promise.all([untilReady(commands), untilReady(outcomes)]);
  for (const each of [commands, outcomes]) keepOnMaster(each, redisPrefix);
  return { commands, outcomes };
}

function timeouts(timeoutMs: number) {
  return { connectTimeout: timeoutMs, socketTimeout: timeoutMs, keepAlive: timeoutMs };
}

/** REDIS_URL does not match the server: a cluster node given as a single server, or vice versa. The message says what to do. */
export class RedisMismatch extends Error {
  constructor(sentence: string) {
    super(sentence);
    this.name = 'RedisMismatch';
  }
}

/**
 * Waits until the connection is ready. Entry points call it, because queues must be opened on a live connection.
 * @throws RedisMismatch if REDIS_URL names one node of a cluster, or several servers that are not a cluster
 */
export async function untilReady(redis: RedisConnection): Promise<void> {
  const ready = new Promise<void>((resolve, reject) => {
    if (redis.status === 'ready') resolve();
    else redis.once('ready', resolve);
    redis.on('node error', (error: Error) => {
      if (error.message.includes('cluster support disabled')) reject(new RedisMismatch(NO_CLUSTER));
    });
  });
  await ready;
  if (redis instanceof Redis && (await redis.info('cluster')).includes('cluster_enabled:1')) {
    throw new RedisMismatch(ONE_NODE);
  }
}

const NO_CLUSTER =
  'REDIS_URL names several servers, but they are not a Redis Cluster: name only the server that holds the data.';
const ONE_NODE =
  'REDIS_URL names one server, but that is a node of a Redis Cluster: name several nodes with commas between them (where the cluster has one address, name it twice).';

/** Opens another connection to the same server or cluster, for calls that block for up to a second. */
export function duplicate(redis: RedisConnection): RedisConnection {
  const options = redis instanceof Cluster ? redis.options.redisOptions : redis.options;
  const socketTimeout = (options?.socketTimeout ?? TIMEOUT_MS) + BLOCKING_MS_MAX;
  return redis instanceof Cluster
    ? redis.duplicate([], { redisOptions: { socketTimeout } })
    : redis.duplicate({ socketTimeout });
}

/**
 * Checks that Redis accepts writes: a server that is full, read-only or out of disk still answers PING. On a cluster it
 * checks that any node answers, because most lanes keep working while one node is down.
 * @param prefix the prefix of all our keys
 * @throws if Redis does not
 */
export async function checkRedis(redis: RedisConnection, prefix: string): Promise<void> {
  if (redis.status !== 'ready') throw new Error('The connection to Redis is not ready.');
  if (redis instanceof Redis) await redis.set(`${prefix}:health`, 1, 'PX', CHECK_KEPT_MS);
  else await Promise.any(redis.nodes('master').map((node) => node.ping()));
}

/** How long the key of a check is kept, in ms. */
const CHECK_KEPT_MS = 1000;

/**
 * Writes to Redis every second until the connection ends. A rejected write makes the connection leave a server that was
 * demoted to a replica; without this, an idle process or a subscriber, which never write, would stay on it.
 * @param prefix the prefix of all our keys
 */
export function keepOnMaster(redis: RedisConnection, prefix: string): void {
  probe(redis, () => checkRedis(redis, prefix));
}

/** Calls `ask` every second, one call at a time, until the connection ends. If a reply is missing, ioredis closes it. */
export function probe(redis: RedisConnection, ask: () => Promise<unknown>): void {
  let isAsking = false;
  const timer = setInterval(async () => {
    if (isAsking) return;
    isAsking = true;
    await ask().catch(() => undefined);
    isAsking = false;
  }, PROBE_EVERY_MS);
  timer.unref();
  redis.once('end', () => clearInterval(timer));
}

function connect(redisUrl: string, log: Logger, options: ConnectionOptions): RedisConnection {
  const urls = redisUrl.split(',');
  const redis = urls.length > 1 ? openCluster(urls, options) : openServer(redisUrl, options);
  logErrors(redis, log);
  return redis;
}

/** Logs when a server becomes unreachable and when it is back, but not the attempts in between. */
function logErrors(redis: RedisConnection, log: Logger): void {
  const down = new Set<string>();
  const goesDown = (error: Error, server: string) => {
    if (!down.has(server)) {
      log.error({ err: error }, `${server} cannot be reached; reconnecting until it can.`);
    }
    down.add(server);
  };
  const isBack = (server: string) => {
    if (down.delete(server)) log.info(`${server} can be reached again.`);
  };
  redis.on('error', (error) => goesDown(error, 'Redis'));
  redis.on('ready', () => isBack('Redis'));
  redis.on('node error', (error: Error, address: string) => goesDown(error, nodeName(address)));
  redis.on('+node', (node: Redis) => {
    const { host, port } = node.options;
    node.on('ready', () => isBack(nodeName(`${host}:${port}`)));
  });
}

const nodeName = (address: string) => `The Redis node ${address}`;
