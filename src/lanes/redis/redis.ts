/**
 * Connections to Redis, for the two ways in which this project uses one: to one server, or, where REDIS_URL names
 * several, to the nodes of a Redis Cluster.
 */
import { Cluster, Redis } from 'ioredis';
import type { Logger } from 'pino';
import { type ConnectionOptions, openCluster, openServer } from './open-redis.ts';

export type RedisConnection = Redis | Cluster;

/** How long Redis may be silent while it owes a reply, in ms, unless REDIS_TIMEOUT_MS says otherwise. */
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
  const patience = { enableOfflineQueue: false, maxRetriesPerRequest: 0 };
  return connect(redisUrl, log, { ...patience, ...timeouts(timeoutMs), commandTimeout: timeoutMs });
}

/**
 * A connection for those who can wait: its calls are sent when Redis is back. They have no timeout of their own, since
 * each call that was given up would still be sent then; but a connection on which Redis owes a reply for `timeoutMs` is
 * closed, and the calls go out again over a new one. On a cluster it waits for the whole of it only; calls to a single
 * node that is away fail.
 */
export function connectPatiently(
  redisUrl: string,
  log: Logger,
  timeoutMs = TIMEOUT_MS,
): RedisConnection {
  const patience = { enableOfflineQueue: true, maxRetriesPerRequest: null };
  return connect(redisUrl, log, { ...patience, ...timeouts(timeoutMs) });
}

function timeouts(timeoutMs: number) {
  return { connectTimeout: timeoutMs, socketTimeout: timeoutMs, keepAlive: timeoutMs };
}

/** REDIS_URL names a server as what it is not. The sentence says what to do. */
export class RedisMismatch extends Error {
  constructor(sentence: string) {
    super(sentence);
    this.name = 'RedisMismatch';
  }
}

/**
 * Waits until the connection works; for entry points, since queues want to be opened on a live one.
 * @throws RedisMismatch where REDIS_URL names one node of a cluster, or several servers that are none
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
  'REDIS_URL names several servers, but they are no Redis Cluster: name the one that holds the data.';
const ONE_NODE =
  'REDIS_URL names one server, but that is a node of a Redis Cluster: name several nodes with commas between them (where the cluster has one address, name it twice).';

/** Another connection to the same place, for calls that block it for up to a second. */
export function duplicate(redis: RedisConnection): RedisConnection {
  const options = redis instanceof Cluster ? redis.options.redisOptions : redis.options;
  const socketTimeout = (options?.socketTimeout ?? TIMEOUT_MS) + BLOCKING_MS_MAX;
  return redis instanceof Cluster
    ? redis.duplicate([], { redisOptions: { socketTimeout } })
    : redis.duplicate({ socketTimeout });
}

/**
 * Asks whether Redis takes writes: one that is full, read-only or out of disk still answers a ping. On a cluster it asks
 * whether any node answers, since most commands are of use while one node is away.
 * @param prefix what all our keys begin with
 * @throws where Redis does not
 */
export async function checkRedis(redis: RedisConnection, prefix: string): Promise<void> {
  if (redis.status !== 'ready') throw new Error('There is no connection to Redis.');
  if (redis instanceof Redis) await redis.set(`${prefix}:health`, 1, 'PX', CHECK_KEPT_MS);
  else await Promise.any(redis.nodes('master').map((node) => node.ping()));
}

/** How long the key of a check is kept, in ms. */
const CHECK_KEPT_MS = 1000;

/**
 * Writes to Redis each second, until the connection ends: a connection to a master that has become a replica is left at the
 * first write that is refused, but an idle process only reads, and a subscriber only listens.
 * @param prefix what all our keys begin with
 */
export function keepOnMaster(redis: RedisConnection, prefix: string): void {
  probe(redis, () => checkRedis(redis, prefix));
}

/** Calls `ask` each second, one call at a time, until the connection ends: one on which no reply comes is closed. */
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
  tellOfErrors(redis, log);
  return redis;
}

/** Logs when a server goes away, and when it is back; not each try in between. */
function tellOfErrors(redis: RedisConnection, log: Logger): void {
  const down = new Set<string>();
  const goesDown = (error: Error, server: string) => {
    if (!down.has(server)) {
      log.error({ err: error }, `${server} cannot be reached; trying again until it can.`);
    }
    down.add(server);
  };
  const isBack = (server: string) => {
    if (down.delete(server)) log.info(`${server} is back.`);
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
