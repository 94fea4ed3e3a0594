/** Counts the jobs of lanes; read-only. */
import type { EpochMs } from '../../commands/epoch-ms.ts';
import { inTime } from '../../runtime/in-time.ts';
import type { PendingJobs } from '../lane-queue.ts';
import type { LaneName } from '../lanes.ts';
import type { RedisConnection } from '../redis/redis.ts';
import { namedKeys, queueKeyStart } from './keys.ts';
import { type ScriptedRedis, withScripts } from './scripts.ts';

/** How long each of several lanes is waited for, in ms. On a Redis Cluster the node of one may hang alone. */
const ANSWER_MS_MAX = 1000;

/** Counts the jobs of a lane that have no outcome yet. */
export async function inspectLane(
  redis: ScriptedRedis,
  redisPrefix: string,
  lane: LaneName,
): Promise<PendingJobs> {
  const keys = namedKeys(redisPrefix, [lane], ['wait', 'active']);
  const start = queueKeyStart(redisPrefix, lane);
  const [waiting, taken, at] = await redis.inspectLane(keys.length, ...keys, start);
  return { waiting, taken, oldestAddedAt: at === '' ? undefined : Number(at) };
}

/**
 * Whether one of these lanes holds jobs that have no outcome yet.
 * @throws errors of Redis if one of them cannot be read
 */
export async function areLanesBusy(
  redis: RedisConnection,
  lanes: readonly string[],
  redisPrefix: string,
): Promise<boolean> {
  const scripted = withScripts(redis);
  // Not in one pipeline: lanes may be on different nodes of a cluster.
  const found = await Promise.all(
    lanes.map((lane) => inspectLane(scripted, redisPrefix, lane as LaneName)),
  );
  return found.some(({ waiting, taken }) => waiting + taken > 0);
}

/** The number of jobs that have no outcome yet in the longest of these lanes. */
export async function longestOf(
  redis: RedisConnection,
  lanes: readonly LaneName[],
  redisPrefix: string,
): Promise<number> {
  const scripted = withScripts(redis);
  const found = await Promise.all(lanes.map((lane) => inspectLane(scripted, redisPrefix, lane)));
  return Math.max(0, ...found.map(({ waiting, taken }) => waiting + taken));
}

/**
 * When the oldest job of these lanes that has no outcome yet was added, in ms since 1970; undefined if there is none, and 0 if a lane cannot
 * be read within `answerMsMax`, because nobody knows how old its jobs are.
 */
export async function oldestOfAll(
  redis: RedisConnection,
  lanes: readonly LaneName[],
  redisPrefix: string,
  answerMsMax = ANSWER_MS_MAX,
): Promise<EpochMs | undefined> {
  const scripted = withScripts(redis);
  const reading = lanes.map((lane) =>
    inTime(inspectLane(scripted, redisPrefix, lane), answerMsMax).then(
      (found) => found.oldestAddedAt,
    ),
  );
  const found = await Promise.allSettled(reading);
  const times = found.map((each) => (each.status === 'fulfilled' ? each.value : 0));
  const known = times.filter((at) => at !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}

/** When the oldest job of a lane that has no outcome yet was added, in ms since 1970; undefined if there is none. */
export async function oldestPendingAt(
  redis: RedisConnection,
  lane: LaneName,
  redisPrefix: string,
): Promise<EpochMs | undefined> {
  return (await inspectLane(withScripts(redis), redisPrefix, lane)).oldestAddedAt;
}
