/** The lanes in memory: what Redis would hold, and the two sides of the queue seam on it. */
import type { FinishedOutcome } from '../../../src/commands/command.ts';
import { COMMAND_FAILED } from '../../../src/commands/command.ts';
import type { CommandStatus } from '../../../src/lanes/command-status.ts';
import type {
  FinishedJob,
  LaneConsumer,
  LaneJob,
  LaneProducer,
  PendingJobs,
} from '../../../src/lanes/lane-queue.ts';
import type { LaneName } from '../../../src/lanes/lanes.ts';

const KEPT_MAX = 2000;
const KEPT_MS = 300_000;
const WAIT_MS = 1000;

interface Kept {
  job: LaneJob;
  finished: FinishedOutcome;
  keptUntil: number;
}

interface Lane {
  waiting: LaneJob[];
  taken: LaneJob[];
  finished: Map<string, Kept>;
  addedAt: Map<string, number>;
}

/** Carries a call to the server and back, in the order of the calls of one connection. */
export interface Line {
  /** @param act is told whether the server forgets what it writes */
  call<Result>(label: string, act: (isForgotten: boolean) => Result): Promise<Result>;
}

/** A line that reaches the server at once. */
export const directLine: Line = { call: async (_label, act) => act(false) };

export class MemoryLanes {
  readonly #lanes = new Map<LaneName, Lane>();
  readonly #now: () => number;
  readonly #waits = new Set<{ lanes: readonly LaneName[]; wake: () => void }>();
  /** Lanes to which jobs were added while nobody waited for them, as BullMQ marks them. */
  readonly #marked = new Set<LaneName>();

  /** @param now in ms since 1970 */
  constructor(lanes: readonly LaneName[], now: () => number) {
    this.#now = now;
    for (const lane of lanes) this.#lanes.set(lane, emptyLane());
  }

  /** What is lost with an emptied Redis. */
  empty(): void {
    for (const lane of this.#lanes.keys()) this.#lanes.set(lane, emptyLane());
  }

  /** The jobs without an outcome, over all lanes. */
  get pending(): LaneJob[] {
    return [...this.#lanes.values()].flatMap(({ waiting, taken }) => [...taken, ...waiting]);
  }

  /** @returns the ids of the jobs that the lane held already */
  add(name: LaneName, jobs: readonly LaneJob[]): string[] {
    const lane = this.#lanes.get(name);
    if (!lane) return [];
    this.#prune(lane);
    const existing: string[] = [];
    for (const job of jobs) {
      if (lane.addedAt.has(job.jobId)) {
        existing.push(job.jobId);
        continue;
      }
      lane.waiting.push(structuredClone(job));
      lane.addedAt.set(job.jobId, this.#now());
    }
    const waits = [...this.#waits].filter(({ lanes }) => lanes.includes(name));
    if (waits.length === 0) this.#marked.add(name);
    for (const { wake } of waits) wake();
    return existing;
  }

  find(name: LaneName, jobId: string): CommandStatus | undefined {
    const lane = this.#lanes.get(name);
    if (!lane) return undefined;
    this.#prune(lane);
    const kept = lane.finished.get(jobId);
    const isRunning = lane.taken.some((job) => job.jobId === jobId);
    const job = kept?.job ?? [...lane.taken, ...lane.waiting].find((each) => each.jobId === jobId);
    if (!job) return undefined;
    const { subject, acceptedAt } = job.accepted;
    return structuredClone({
      jobId,
      command: job.name,
      subject,
      acceptedAt: new Date(acceptedAt),
      isRunning: isRunning || kept !== undefined,
      ...(kept && { finished: kept.finished }),
    });
  }

  /** When the oldest job without an outcome was added, in ms since 1970. */
  oldestPendingAt(name: LaneName): number | undefined {
    return this.countPending(name).oldestAddedAt;
  }

  countPending(name: LaneName): PendingJobs {
    const { waiting, taken, addedAt } = this.#lanes.get(name) ?? emptyLane();
    const [oldest] = [...taken, ...waiting];
    return {
      waiting: waiting.length,
      taken: taken.length,
      oldestAddedAt: oldest && addedAt.get(oldest.jobId),
    };
  }

  take(
    lanes: readonly LaneName[],
    max: number,
    blockedIn: (lane: LaneName) => readonly string[],
  ): Map<LaneName, LaneJob[]> {
    const taken = new Map<LaneName, LaneJob[]>();
    const sources = lanes.flatMap((name) => {
      const lane = this.#lanes.get(name);
      if (!lane) return [];
      const blocked = blockedIn(name);
      const again = lane.taken.filter(({ jobId }) => !blocked.includes(jobId));
      return [{ name, from: again.length > 0 ? again : lane.waiting, lane }];
    });
    for (let count = 0, isAny = true; isAny && count < max; ) {
      isAny = false;
      for (const { name, from, lane } of sources) {
        const job = count < max ? from.shift() : undefined;
        if (!job) continue;
        if (from === lane.waiting) lane.taken.push(job);
        taken.set(name, [...(taken.get(name) ?? []), structuredClone(job)]);
        count += 1;
        isAny = true;
      }
    }
    return taken;
  }

  finish(finished: ReadonlyMap<LaneName, readonly FinishedJob[]>): void {
    for (const [name, jobs] of finished) {
      const lane = this.#lanes.get(name);
      if (!lane) continue;
      for (const { jobId, outcome, ...about } of jobs) {
        const at = lane.taken.findIndex((job) => job.jobId === jobId);
        const [job] = at < 0 ? [] : lane.taken.splice(at, 1);
        if (!job) continue;
        const said = outcome.state === 'failed' ? COMMAND_FAILED : outcome;
        const kept = structuredClone({ outcome: said, ...about });
        lane.finished.set(jobId, { job, finished: kept, keptUntil: this.#now() + KEPT_MS });
      }
      this.#prune(lane);
    }
  }

  /** Calls `wake` when a job is added to one of the lanes. @returns what ends this */
  watch(lanes: readonly LaneName[], wake: () => void): () => void {
    const wait = { lanes, wake };
    this.#waits.add(wait);
    return () => this.#waits.delete(wait);
  }

  /** Takes the mark of one of the lanes. @returns whether there was one */
  takeMark(lanes: readonly LaneName[]): boolean {
    const marked = lanes.find((name) => this.#marked.has(name));
    return marked !== undefined && this.#marked.delete(marked);
  }

  #prune(lane: Lane): void {
    for (const [jobId, { keptUntil }] of lane.finished) {
      if (keptUntil > this.#now() && lane.finished.size <= KEPT_MAX) break;
      lane.finished.delete(jobId);
      lane.addedAt.delete(jobId);
    }
  }
}

const emptyLane = (): Lane => ({
  waiting: [],
  taken: [],
  finished: new Map(),
  addedAt: new Map(),
});

export class MemoryProducer implements LaneProducer {
  readonly #lanes: MemoryLanes;
  readonly #line: Line;

  constructor(lanes: MemoryLanes, line: Line = directLine) {
    this.#lanes = lanes;
    this.#line = line;
  }

  add(lane: LaneName, jobs: readonly LaneJob[]): Promise<string[]> {
    return this.#line.call(`add to ${lane}`, () => this.#lanes.add(lane, jobs));
  }

  mayHaveAdded(): boolean {
    return true;
  }

  find(lane: LaneName, jobId: string): Promise<CommandStatus | undefined> {
    return this.#line.call(`find in ${lane}`, () => this.#lanes.find(lane, jobId));
  }

  /** Is not a step of the simulation, so that more steps are those of commands. */
  async countPending(lane: LaneName): Promise<PendingJobs> {
    return this.#lanes.countPending(lane);
  }
}

export class MemoryConsumer implements LaneConsumer {
  readonly #lanes: MemoryLanes;
  readonly #line: Line;
  #turn = 0;
  #stop: () => void = () => undefined;

  constructor(lanes: MemoryLanes, line: Line = directLine) {
    this.#lanes = lanes;
    this.#line = line;
  }

  take(
    lanes: readonly LaneName[],
    max: number,
    blockedIn: (lane: LaneName) => readonly string[] = () => [],
  ): Promise<Map<LaneName, LaneJob[]>> {
    this.#turn += 1;
    const first = this.#turn % Math.max(1, lanes.length);
    const inTurns = [...lanes.slice(first), ...lanes.slice(0, first)];
    return this.#line.call('take', () => this.#lanes.take(inTurns, max, blockedIn));
  }

  finish(finished: ReadonlyMap<LaneName, readonly FinishedJob[]>): Promise<void> {
    return this.#line.call('finish', () => this.#lanes.finish(finished));
  }

  waitForJobs(lanes: readonly LaneName[]): Promise<void> {
    return new Promise((resolve) => {
      let unwatch: () => void = () => undefined;
      const end = () => {
        clearTimeout(timer);
        unwatch();
        resolve();
      };
      const timer = setTimeout(end, WAIT_MS);
      this.#stop = end;
      unwatch = this.#lanes.watch(lanes, end);
      if (this.#lanes.takeMark(lanes)) end();
    });
  }

  stopWaiting(): void {
    this.#stop();
  }
}
