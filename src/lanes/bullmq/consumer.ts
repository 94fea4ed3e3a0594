/**
 * Takes the jobs of lanes from BullMQ's lists and writes their outcomes back, with one call per batch; on a Redis Cluster
 * with one call per lane.
 *
 * BullMQ's own interface runs one script per job to take it and one to finish it, each of some hundred lines. For a full
 * batch those are 512 calls, which were the largest single cost of a command (docs/decisions/0004). `take.lua` and
 * `finish.lua` change the same keys in the same way for the whole batch.
 */
import type { FinishedJob, LaneConsumer, LaneJob } from '../lane-queue.ts';
import type { LaneName } from '../lanes.ts';
import type { RedisConnection } from '../redis/redis.ts';
import { StringTable } from '../string-table.ts';
import { type KeyName, keysToName, markerKey, queueKeyStart } from './keys.ts';
import { toAccepted, toResult } from './read-job.ts';
import { type ScriptedRedis, withScripts } from './scripts.ts';
import { WakeUp } from './wake-up.ts';

/** How long finished jobs stay in Redis for reads and the dashboard, in ms; after that, reads use the receipts. */
const FINISHED_KEPT_MS = 300_000;
/** How many completed and how many failed jobs of a lane are kept. */
const FINISHED_KEPT = 2000;

export class BullmqConsumer implements LaneConsumer {
  readonly #redis: ScriptedRedis;
  readonly #redisPrefix: string;
  readonly #wakeUp: WakeUp;
  #turn = 0;

  constructor(redis: RedisConnection, redisPrefix: string) {
    this.#redis = withScripts(redis);
    this.#redisPrefix = redisPrefix;
    this.#wakeUp = new WakeUp(redis);
  }

  async take(
    lanes: readonly LaneName[],
    max: number,
    blockedIn: (lane: LaneName) => readonly string[] = () => [],
  ): Promise<Map<LaneName, LaneJob[]>> {
    const inTurns = this.#inTurns(lanes);
    const wanted = inTurns.flatMap((lane) => {
      const blocked = blockedIn(lane);
      return [this.#startOf(lane), blocked.length, ...blocked];
    });
    const keys = this.#keys(inTurns, ['wait', 'active', 'meta']);
    const reply = await this.#redis.takeJobs(keys.length, ...keys, max, Date.now(), ...wanted);
    const taken = new Map<LaneName, LaneJob[]>();
    for (let position = 0; position < reply.length; position += 4) {
      const [number, jobId, name, data] = reply.slice(position, position + 4);
      const lane = inTurns[Number(number) - 1] as LaneName;
      const accepted = toAccepted(data as string);
      const job = { jobId: jobId as string, name: name as string, accepted };
      const others = taken.get(lane);
      if (others) others.push(job);
      else taken.set(lane, [job]);
    }
    return taken;
  }

  async finish(finished: ReadonlyMap<LaneName, readonly FinishedJob[]>): Promise<void> {
    const keys = this.#keys([...finished.keys()], ['active', 'completed', 'failed']);
    const now = Date.now();
    const values = new StringTable();
    const args = [...finished].flatMap(([lane, jobs]) => [
      this.#startOf(lane),
      jobs.length,
      ...jobs.flatMap((job) => {
        const [set, field, value] = toResult(job);
        const index = values.indexOfOutcome(job.outcome.state, value);
        return [job.jobId, set, field, index + 1];
      }),
    ]);
    const { strings } = values;
    const limits = [now, now - FINISHED_KEPT_MS, FINISHED_KEPT];
    await this.#redis.finishJobs(
      keys.length,
      ...keys,
      ...limits,
      strings.length,
      ...strings,
      ...args,
    );
  }

  waitForJobs(lanes: readonly LaneName[]): Promise<void> {
    return this.#wakeUp.wait(lanes.map((lane) => markerKey(this.#redisPrefix, lane)));
  }

  stopWaiting(): void {
    this.#wakeUp.stop();
  }

  /** Rotates the lanes, so that each gets its turn when fewer jobs may be taken than there are lanes. */
  #inTurns(lanes: readonly LaneName[]): LaneName[] {
    this.#turn += 1;
    const first = this.#turn % lanes.length;
    return [...lanes.slice(first), ...lanes.slice(0, first)];
  }

  #keys(lanes: readonly LaneName[], names: readonly KeyName[]): string[] {
    return keysToName(this.#redis, this.#redisPrefix, { lanes, names });
  }

  #startOf(lane: LaneName): string {
    return queueKeyStart(this.#redisPrefix, lane);
  }
}
