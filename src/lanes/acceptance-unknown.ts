/** When it cannot be told whether a command is in its lane. */
import { Cluster } from 'ioredis';
import { isCertainlyUndone, isServiceAway } from '../runtime/service-errors.ts';
import type { RedisConnection } from './redis/redis.ts';

/** The command was sent to Redis, but no reply came: it may be in its lane, or arrive there later, or never. */
export class AcceptanceUnknown extends Error {
  readonly jobId: string;

  constructor(jobId: string, cause: unknown) {
    super(`Redis did not say whether the job ${jobId} was added.`, { cause });
    this.name = 'AcceptanceUnknown';
    this.jobId = jobId;
  }
}

/**
 * Whether a job may be in its lane although adding it failed with this error. On a cluster the error may be that of a
 * second try, after a first one whose reply was lost.
 */
export function mayBeAdded(redis: RedisConnection, error: unknown): boolean {
  return isServiceAway(error) && (redis instanceof Cluster || !isCertainlyUndone(error));
}
