/**
 * Takes the jobs of lanes out of BullMQ's lists and puts their outcomes back, a batch over several lanes in one
 * call.
 *
 * BullMQ's own interface runs one script a job to take it and one to finish it, each of some hundred
 * lines; for a full batch those are 512 calls, and they were the largest single cost of a command
 * (docs/decisions/0004). The two of lane-scripts.ts do the same to the same keys for the whole batch. BullMQ
 * adds the jobs, reads them and shows them. Its version is pinned; test/integration/workers/lane-jobs.test.ts holds both together.
 */
import type { AcceptedCommand } from '../src/commands/command.ts';
import { EachOnce } from '../src/lanes/each-once.ts';
import type { LaneName } from '../src/lanes/lanes.ts';
import { keysToName, queueKeyStart } from '../src/lanes/queues.ts';
import type { RedisConnection } from '../src/lanes/redis.ts';
import type { FinishedCommand, TakenCommand } from './batch/batch.ts';
import type { LaneScripts } from './lane-scripts.ts';

/** How long finished jobs stay in Redis for readers and the dashboard; then receipts answer. */
const FINISHED_KEPT_MS = 300_000;
const FINISHED_KEPT = 2000;

/** The set of finished jobs, and the field of the job, in which BullMQ keeps what came of it. */
const COMPLETED = ['completed', 'returnvalue'];
const FAILED = ['failed', 'failedReason'];

export class LaneJobs {
  readonly #redis: RedisConnection & LaneScripts;
  readonly #redisPrefix: string;
  #turn = 0;

  /** @param redis a connection that knows the scripts */
  constructor(redis: RedisConnection, redisPrefix: string) {
    this.#redis = redis as RedisConnection & LaneScripts;
    this.#redisPrefix = redisPrefix;
  }

  /** The key on which a mark is put whenever a job is added to the lane. */
  markerKey(lane: LaneName): string {
    return `${this.#startOf(lane)}marker`;
  }

  /**
   * The next jobs of these lanes, `max` at most over all of them. On a cluster ask for one lane at a time.
   * @param blockedIn the ids of a lane's jobs that the caller has taken before and keeps
   * @returns the lanes that have any, each with its commands in the order in which they were enqueued
   */
  async take(
    lanes: readonly LaneName[],
    max: number,
    blockedIn: (lane: LaneName) => readonly string[] = () => [],
  ): Promise<Map<LaneName, TakenCommand[]>> {
    const inTurns = this.#inTurns(lanes);
    const wanted = inTurns.flatMap((lane) => {
      const blocked = blockedIn(lane);
      return [this.#startOf(lane), blocked.length, ...blocked];
    });
    const keys = this.#keys(inTurns, ['wait', 'active', 'meta']);
    const reply = await this.#redis.takeJobs(keys.length, ...keys, max, Date.now(), ...wanted);
    const taken = new Map<LaneName, TakenCommand[]>();
    for (let place = 0; place < reply.length; place += 4) {
      const [number, jobId, name, data] = reply.slice(place, place + 4);
      const lane = inTurns[Number(number) - 1] as LaneName;
      const accepted = JSON.parse(data as string) as AcceptedCommand;
      const command = { jobId: jobId as string, name: name as string, accepted };
      const others = taken.get(lane);
      if (others) others.push(command);
      else taken.set(lane, [command]);
    }
    return taken;
  }

  /**
   * Puts the outcomes where BullMQ keeps those of finished jobs. Doing it twice does no harm. On a cluster it takes those
   * of one lane at a time.
   */
  async finish(finished: ReadonlyMap<LaneName, readonly FinishedCommand[]>): Promise<void> {
    const keys = this.#keys([...finished.keys()], ['active', 'completed', 'failed']);
    const now = Date.now();
    const values = new EachOnce();
    const jobs = [...finished].flatMap(([lane, commands]) => [
      ...[this.#startOf(lane), commands.length],
      ...commands.flatMap((command) => {
        const kept = command.outcome.state === 'failed' ? FAILED : COMPLETED;
        return [command.jobId, ...kept, values.placeOf(toValue(command)) + 1];
      }),
    ]);
    const { texts } = values;
    const limits = [now, now - FINISHED_KEPT_MS, FINISHED_KEPT];
    await this.#redis.finishJobs(keys.length, ...keys, ...limits, texts.length, ...texts, ...jobs);
  }

  /** Where fewer jobs may be taken than there are lanes, another lane is the first to give some each time. */
  #inTurns(lanes: readonly LaneName[]): LaneName[] {
    this.#turn += 1;
    const first = this.#turn % lanes.length;
    return [...lanes.slice(first), ...lanes.slice(0, first)];
  }

  #keys(lanes: readonly LaneName[], names: readonly string[]): string[] {
    return keysToName(this.#redis, this.#redisPrefix, { lanes, names });
  }

  #startOf(lane: LaneName): string {
    return queueKeyStart(this.#redisPrefix, lane);
  }
}

/** What BullMQ keeps of a finished job: what it returned, or why it failed. */
function toValue({ outcome, finishedAt }: FinishedCommand): string {
  if (outcome.state === 'failed') return outcome.problem.detail;
  return JSON.stringify({ outcome, finishedAt });
}
