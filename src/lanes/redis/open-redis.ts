/** Opens connections to Redis: timeouts, retries and reconnects. */
import { Cluster, type ClusterOptions, Redis, type RedisOptions } from 'ioredis';
import { coalesceWrites } from '../../runtime/coalesce-writes.ts';
import { isReadOnlyReplica } from '../../runtime/service-errors.ts';
import { leaveDeadStates } from './cluster-states.ts';

/** The longest pause before a reconnect attempt, in ms. */
const RETRY_MS_MAX = 1000;
/** The shortest interval between reconnects away from a replica, in ms: it may be the only server available. */
const LEAVE_REPLICA_EVERY_MS = 1000;

/**
 * Retry limits for calls on a cluster. A call to a failed node is retried for half a second, so that calls to other nodes
 * are not held up. A call to a slot that is being migrated is retried for some seconds.
 */
const CLUSTER_TRIES = {
  maxRedirections: 20,
  retryDelayOnFailover: 20,
  retryDelayOnClusterDown: 20,
  retryDelayOnTryAgain: 250,
};

export interface ConnectionOptions {
  /** Whether calls are queued while there is no connection. */
  enableOfflineQueue: boolean;
  /** How often a call is retried over a new connection; null for no limit. */
  maxRetriesPerRequest: number | null;
  /** In ms, like all following options. */
  connectTimeout: number;
  /** How long a reply may be outstanding before the connection is closed. */
  socketTimeout: number;
  keepAlive: number;
  /** How long a call waits for its reply; no limit if undefined. */
  commandTimeout?: number;
}

/**
 * The options of a duplicate, without the timeouts of the original: BullMQ duplicates a connection to block on it for up
 * to ten seconds, and closes a silent one itself.
 * @param asked the options requested for the duplicate, whose timeouts are kept
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

/** Reconnects on READONLY: after a failover, open connections still lead to the old master, which is now a replica. */
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
    // Certificates are issued for host names, so host names must not be resolved to addresses.
    ...(access.tls && { dnsLookup: (name, done) => done(null, name) }),
  });
  leaveDeadStates(cluster);
  const duplicated = (_nodes?: unknown, { redisOptions = {}, ...more }: ClusterOptions = {}) => {
    const original: RedisOptions = cluster.options.redisOptions ?? {};
    const all = { ...original, ...redisOptions };
    const options = { ...cluster.options, ...more };
    // BullMQ passes all options of the original, so only timeouts that differ were actually requested.
    const asked = Object.fromEntries(
      Object.entries(redisOptions).filter(
        ([name, value]) => value !== original[name as keyof RedisOptions],
      ),
    );
    const blocking = new Cluster(urls, { ...options, redisOptions: withoutTimeouts(all, asked) });
    leaveDeadStates(blocking);
    return blocking;
  };
  cluster.duplicate = duplicated as Cluster['duplicate'];
  cluster.on('+node', (node: Redis) => {
    node.on('connect', () => coalesceWrites(node.stream));
  });
  return cluster;
}

/** The credentials and TLS settings of REDIS_URL, which also apply to nodes discovered from the cluster. */
function accessTo(url: string): Pick<RedisOptions, 'username' | 'password' | 'tls'> {
  const { protocol, username, password } = new URL(url);
  return {
    ...(username !== '' && { username: decodeURIComponent(username) }),
    ...(password !== '' && { password: decodeURIComponent(password) }),
    ...(protocol === 'rediss:' && { tls: {} }),
  };
}

const retryAfterMs = (times: number) => Math.min(times * 50, RETRY_MS_MAX);
