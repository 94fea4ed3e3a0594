/** Connections to Redis, for the two ways in which this project uses one. */
import type { Duplex } from 'node:stream';
import { Redis } from 'ioredis';
import type { Logger } from 'pino';

/** How long a lost connection waits before it tries again, in ms. */
const RETRY_MS_MAX = 1000;
const CONNECT_TIMEOUT_MS = 5000;

/**
 * A connection for those who answer a request: while Redis is away its calls fail at once, so that
 * the client hears 503 now and not after a minute of silence.
 */
export function connectFailingFast(redisUrl: string, log: Logger): Redis {
  return connect(redisUrl, log, { enableOfflineQueue: false, maxRetriesPerRequest: 0 });
}

/** A connection for those who can wait: its calls are sent when Redis is back. */
export function connectPatiently(redisUrl: string, log: Logger): Redis {
  return connect(redisUrl, log, { maxRetriesPerRequest: null });
}

/** Waits until the connection works; for entry points, since queues want to be opened on a live one. */
export async function untilReady(redis: Redis): Promise<void> {
  if (redis.status !== 'ready') await new Promise((resolve) => redis.once('ready', resolve));
}

function connect(redisUrl: string, log: Logger, options: object): Redis {
  const redis = new Redis(redisUrl, {
    ...options,
    connectTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: (times) => Math.min(times * 50, RETRY_MS_MAX),
  });
  redis.on('connect', () => coalesceWrites(redis.stream));
  let isDown = false;
  redis.on('error', (error) => {
    if (!isDown) log.error({ err: error }, 'Redis cannot be reached; trying again until it can.');
    isDown = true;
  });
  redis.on('ready', () => {
    if (isDown) log.info('Redis is back.');
    isDown = false;
  });
  return redis;
}

/**
 * Sends what is written within one turn of the event loop in one system call. ioredis makes a call for
 * each command, which was a quarter of the CPU time of both processes (docs/decisions/0007); its own
 * pipelining of single commands costs more than it saves.
 */
function coalesceWrites(stream: Duplex): void {
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  let isCorked = false;
  const uncork = () => {
    isCorked = false;
    stream.uncork();
  };
  stream.write = (...args: unknown[]) => {
    if (!isCorked) {
      isCorked = true;
      stream.cork();
      setImmediate(uncork);
    }
    return write(...args);
  };
}
