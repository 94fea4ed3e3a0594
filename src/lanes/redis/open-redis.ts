/** Opens connections to Redis: timeouts, retries and reconnects. */
import { Cluster, type ClusterOptions, Redis, type RedisOptions } from 'ioredis';
import { coalesceWrites } from '../../runtime/coalesce-writes.ts';
import { isReadOnlyReplica } from '../../runtime/service-errors.ts';

/** How long a lost connection waits before it tries again, in ms. */
const RETRY_MS_MAX = 1000;
/** A server that says that it is a replica is left at most this often, in ms: it may be the only one there is. */
const LEAVE_REPLICA_EVERY_MS = 1000;

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

export interface ConnectionOptions {
  /** Whether calls wait for a connection that is not there. */
  enableOfflineQueue: boolean;
  /** How often a call is sent again over a new connection; null for without end. */
  maxRetriesPerRequest: number | null;
  /** In ms, as all that follow. */
  connectTimeout: number;
  /** How long Redis may owe a reply until the connection is closed. */
  socketTimeout: number;
  keepAlive: number;
  /** How long a call waits for its reply; without end without it. */
  commandTimeout?: number;
}

/**
 * The options of a duplicate, without the timeouts of the original: BullMQ duplicates a connection to block on it for up to
 * ten seconds, and gives a silent one up itself.
 * @param asked what the duplicate was asked to have, which stays
 */
function withoutTimeouts(all: TimedOptions, asked: TimedOptions): object {
  const { socketTimeout: _socket, commandTimeout: _command, ...options } = all;
  const { socketTimeout, commandTimeout } = asked;
  return {
    ...options,
    ...(socketTimeout !== undefined && { socketTimeout }),
    ...(commandTimeout !== undefined && { commandTimeout }),
  };
}

type TimedOptions = Pick<RedisOptions, 'socketTimeout' | 'commandTimeout'>;

/** Opens a connection to one server. */
export function openServer(url: string, options: ConnectionOptions): Redis {
  const redis = new Redis(url, {
    ...options,
    retryStrategy: retryAfterMs,
    reconnectOnError: leavingReplicas(),
  });
  const duplicated = (more: RedisOptions = {}) =>
    new Redis({
      ...withoutTimeouts({ ...redis.options, ...more }, more),
      reconnectOnError: leavingReplicas(),
    });
  redis.duplicate = duplicated as Redis['duplicate'];
  redis.on('connect', () => coalesceWrites(redis.stream));
  return redis;
}

/** After a failover the address leads to another server, but an open connection to the old one, now a replica. */
function leavingReplicas(): (error: Error) => boolean {
  let leftAt = Number.NEGATIVE_INFINITY;
  return (error) => {
    const now = performance.now();
    if (!isReadOnlyReplica(error) || now - leftAt < LEAVE_REPLICA_EVERY_MS) return false;
    leftAt = now;
    return true;
  };
}

/** Opens connections to the nodes of a cluster. */
export function openCluster(urls: string[], options: ConnectionOptions): Cluster {
  const { enableOfflineQueue, ...nodeOptions } = options;
  const access = accessTo(urls[0] as string);
  const cluster = new Cluster(urls, {
    ...CLUSTER_TRIES,
    enableOfflineQueue,
    clusterRetryStrategy: retryAfterMs,
    slotsRefreshTimeout: nodeOptions.connectTimeout,
    redisOptions: { ...nodeOptions, ...access },
    // Certificates are made out to names, so names must not become addresses.
    ...(access.tls && { dnsLookup: (name, done) => done(null, name) }),
  });
  const duplicated = (_nodes?: unknown, { redisOptions = {}, ...more }: ClusterOptions = {}) => {
    const original: RedisOptions = cluster.options.redisOptions ?? {};
    const all = { ...original, ...redisOptions };
    const options = { ...cluster.options, ...more };
    // BullMQ asks for all options of the original again: only a timeout that differs was really asked for.
    const asked = Object.fromEntries(
      Object.entries(redisOptions).filter(
        ([name, value]) => value !== original[name as keyof RedisOptions],
      ),
    );
    return new Cluster(urls, { ...options, redisOptions: withoutTimeouts(all, asked) });
  };
  cluster.duplicate = duplicated as Cluster['duplicate'];
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
