/** Why a process cannot start, as a sentence for the operator who can mend it. */
import { ConfigError } from './config/config.ts';
import { SessionsShared, sentenceOfDatabaseFault } from './db/connection/database-fault.ts';
import { LaneCountsDiffer, NotMigrated } from './db/lanes/counts.ts';
import { UntestedBullmq } from './lanes/bullmq/version.ts';
import { RedisMismatch } from './lanes/redis/redis.ts';
import { PortUnusable } from './runtime/server.ts';
import { isRedisUnavailable } from './runtime/service-errors.ts';

/** Their messages say what is wrong and what to do. */
const EXPLAINED = [
  ...[ConfigError, LaneCountsDiffer, NotMigrated],
  ...[PortUnusable, RedisMismatch, SessionsShared, UntestedBullmq],
];

/**
 * @param databaseUrl DATABASE_URL
 * @returns undefined if it is a fault of ours, whose stack is needed
 */
export function sentenceOfStartFault(error: unknown, databaseUrl: string): string | undefined {
  const { message } = error as Error;
  const isExplained = EXPLAINED.some((kind) => error instanceof kind);
  if (isExplained) return message;
  if (isRedisUnavailable(error)) {
    return `Redis does not serve this process: ${message}. Mend that, or correct REDIS_URL; then start the process again.`;
  }
  return sentenceOfDatabaseFault(error, databaseUrl);
}
