/** The error for a command of which it is unknown whether Redis added it to its lane. */
import { Cluster } from 'ioredis';
import { isCertainlyUndone, isServiceUnavailable } from '../runtime/service-errors.ts';
import type { RedisConnection } from './redis/redis.ts';

/** The command was sent to Redis, but no reply came: it may be in its lane, be added later, or be lost. */
export class AcceptanceUnknown extends Error {
  readonly jobId: string;

  constructor(jobId: string, cause: unknown) {
    super(`Redis did not confirm the job ${jobId}; it may or may not have been added.`, { cause });
    this.name = 'AcceptanceUnknown';
    this.jobId = jobId;
  }
}

/**
 * Whether a job may be in its lane although adding it failed with this error. On a cluster the error may belong to a
 * retry, after the reply to the first attempt was lost.
 */
export function mayBeAdded(redis: RedisConnection, error: unknown): boolean {
  return isServiceUnavailable(error) && (redis instanceof Cluster || !isCertainlyUndone(error));
}
