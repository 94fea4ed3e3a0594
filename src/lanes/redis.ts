/**
 * Connections to Redis, for the two ways in which this project uses one: to one server, or, where REDIS_URL names
 * several, to the nodes of a Redis Cluster.
 */
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { Logger } from 'pino';
import { coalesceWrites } from '../coalesce-writes.ts';

export type RedisConnection = Redis | Cluster;

/** How long a lost connection waits before it tries again, in ms. */
const RETRY_MS_MAX = 1000;
const CONNECT_TIMEOUT_MS = 5000;

/**
 * How a call finds its node on a cluster. A node that has gone gets it a few tries within half a second: the others
 * must not wait for it. A slot that is on its way to another node gets it some seconds.
 */
const CLUSTER_TRIES = {
  maxRedirections: 20,
  retryDelayOnFailover: 20,
  retryDelayOnClusterDown: 20,
  retryDelayOnTryAgain: 250,
};

/**
 * A connection for those who answer a request: while Redis is away its calls fail at once, so that
 * the client hears 503 now and not after a minute of silence.
 */
export function connectFailingFast(redisUrl: string, log: Logger): RedisConnection {
  return connect(redisUrl, log, { enableOfflineQueue: false, maxRetriesPerRequest: 0 });
}

/**
 * A connection for those who can wait: its calls are sent when Redis is back. On a cluster it waits for the whole of
 * it only; calls to a single node that is away fail.
 */
export function connectPatiently(redisUrl: string, log: Logger): RedisConnection {
  return connect(redisUrl, log, { enableOfflineQueue: true, maxRetriesPerRequest: null });
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

/** Another connection to the same place, for calls that block it. */
export function duplicate(redis: RedisConnection): RedisConnection {
  return redis instanceof Cluster ? redis.duplicate() : redis.duplicate();
}

/** Asks whether Redis answers; on a cluster, whether any node does. @throws where it does not */
export async function ping(redis: RedisConnection): Promise<void> {
  const nodes = redis instanceof Cluster ? redis.nodes('master') : [redis];
  await Promise.any(nodes.map((node) => node.ping()));
}

type Patience = Required<Pick<RedisOptions, 'enableOfflineQueue' | 'maxRetriesPerRequest'>>;

function connect(redisUrl: string, log: Logger, patience: Patience): RedisConnection {
  const urls = redisUrl.split(',');
  const redis = urls.length > 1 ? openCluster(urls, patience) : openServer(redisUrl, patience);
  tellOfErrors(redis, log);
  return redis;
}

function openServer(url: string, patience: Patience): Redis {
  const redis = new Redis(url, {
    ...patience,
    connectTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: retryAfterMs,
  });
  redis.on('connect', () => coalesceWrites(redis.stream));
  return redis;
}

function openCluster(urls: string[], { enableOfflineQueue, ...patience }: Patience): Cluster {
  const access = accessTo(urls[0] as string);
  const cluster = new Cluster(urls, {
    ...CLUSTER_TRIES,
    enableOfflineQueue,
    clusterRetryStrategy: retryAfterMs,
    slotsRefreshTimeout: CONNECT_TIMEOUT_MS,
    redisOptions: { ...patience, ...access, connectTimeout: CONNECT_TIMEOUT_MS },
    // Certificates are made out to names, so names must not become addresses.
    ...(access.tls && { dnsLookup: (name, done) => done(null, name) }),
  });
  cluster.on('+node', (node: Redis) => {
    node.on('connect', () => coalesceWrites(node.stream));
  });
  return cluster;
}

/** The nodes that a cluster tells of are reached as those that REDIS_URL names. */
function accessTo(url: string): Pick<RedisOptions, 'username' | 'password' | 'tls'> {
  const { protocol, username, password } = new URL(url);
  return {
    ...(username !== '' && { username: decodeURIComponent(username) }),
    ...(password !== '' && { password: decodeURIComponent(password) }),
    ...(protocol === 'rediss:' && { tls: {} }),
  };
}

const retryAfterMs = (times: number) => Math.min(times * 50, RETRY_MS_MAX);

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
