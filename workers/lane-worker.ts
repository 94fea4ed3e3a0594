/**
 * The loop over the lanes of this process: take the commands that wait in any of them, have them carried out in
 * one transaction, finish their jobs, tell who waits. A lane has one batch at a time, in the exact order of
 * enqueueing; what arrives during it forms the next one. It knows nothing of seats or points.
 *
 * A batch costs about the same whether it carries one command or twenty, so all lanes share one
 * (docs/decisions/0022). One lane's trouble is not everybody's: when a shared batch fails, its lanes go on one by
 * one, and those that are through take part in the next.
 *
 * Jobs are taken without BullMQ's locks: a lane's only consumer is its owner, and whoever still believes
 * to be one is fenced off in PostgreSQL. So nothing has to be renewed, a job never stalls, and what a
 * dead owner had in its hands is found at once and in its order (docs/decisions/0004).
 */
import type { Logger } from 'pino';
import { announce } from '../src/lanes/announcements.ts';
import type { LaneName } from '../src/lanes/lanes.ts';
import type { RedisConnection } from '../src/lanes/redis.ts';
import type { FinishedCommand, LaneBatch, OwnedLane, TakenCommand } from './batch.ts';
import { byLane } from './by-lane.ts';
import { LaneLost } from './faults.ts';
import { Gate } from './gate.ts';
import { LaneJobs } from './lane-jobs.ts';
import { LaneMarks } from './lane-marks.ts';

const PAUSE_AFTER_ERROR_MS = 200;
/** Shared batches at a time. One more only takes commands away from the next, which costs a batch of its own. */
const SHARED_BATCHES_MAX = 1;
/** Lanes that go on by themselves at a time: fewer than there are connections to PostgreSQL. */
const LANES_ALONE_MAX = 6;

export interface LaneWorkerDeps {
  /** A connection that knows the scripts of lane-scripts.ts. */
  redis: RedisConnection;
  redisPrefix: string;
  /** Commands in one batch at most. */
  batchSize: number;
  /** Whether a command takes so long that its lane had better go by itself. */
  takesLong(command: TakenCommand): boolean;
  /** @returns undefined where the lanes have to go on one by one */
  runTogether(parts: readonly LaneBatch[]): Promise<FinishedCommand[] | undefined>;
  runAlone(part: LaneBatch): Promise<FinishedCommand[]>;
  /** Called when whoever waits for these has been told. */
  announced(finished: readonly FinishedCommand[]): void;
  log: Logger;
}

interface Member {
  lane: OwnedLane;
  /** A batch with its commands is under way. */
  isBusy: boolean;
  leave(): void;
}

export class LaneWorker {
  readonly #deps: LaneWorkerDeps;
  readonly #jobs: LaneJobs;
  readonly #marks: LaneMarks;
  readonly #alone = new Gate(LANES_ALONE_MAX);
  readonly #members = new Map<LaneName, Member>();
  #sharedBatches = 0;
  #isLooping = false;

  constructor(deps: LaneWorkerDeps) {
    this.#deps = deps;
    this.#jobs = new LaneJobs(deps.redis, deps.redisPrefix);
    this.#marks = new LaneMarks(deps.redis);
  }

  /** Consumes a lane until its signal is aborted, or it is lost; a batch under way is finished first. */
  consume(lane: OwnedLane): Promise<void> {
    return new Promise((resolve) => {
      const leave = () => {
        if (this.#members.get(lane.name)?.lane === lane) this.#members.delete(lane.name);
        this.#watch();
        resolve();
      };
      const member: Member = { lane, isBusy: false, leave };
      const onAbort = () => !member.isBusy && leave();
      lane.signal.addEventListener('abort', onAbort, { once: true });
      this.#members.set(lane.name, member);
      this.#watch();
      if (lane.signal.aborted) onAbort();
      else if (!this.#isLooping) this.#loop();
    });
  }

  #watch(): void {
    this.#marks.watch([...this.#members.keys()].map((lane) => this.#jobs.markerKey(lane)));
  }

  async #loop(): Promise<void> {
    this.#isLooping = true;
    while (this.#members.size > 0) {
      try {
        const seen = this.#marks.begin();
        const isFull = this.#sharedBatches >= SHARED_BATCHES_MAX;
        if (isFull || !(await this.#takeSome())) await seen.wait(!isFull);
      } catch (error) {
        const lanes = [...this.#members.keys()];
        this.#deps.log.error(
          { err: error, lanes },
          'The loop over the lanes failed; it takes their commands up again.',
        );
        await new Promise((resolve) => setTimeout(resolve, PAUSE_AFTER_ERROR_MS));
      }
    }
    this.#isLooping = false;
    this.#marks.rest();
  }

  /** Takes what waits in lanes that are not busy, and sets it going. @returns whether there was anything */
  async #takeSome(): Promise<boolean> {
    const free = [...this.#members.values()].filter(({ isBusy }) => !isBusy);
    if (free.length === 0) return false;
    for (const member of free) member.isBusy = true;
    let parts: LaneBatch[] = [];
    try {
      const names = free.map(({ lane }) => lane.name);
      const taken = await this.#jobs.take(names, this.#deps.batchSize);
      parts = free.flatMap(({ lane }) => {
        const commands = taken.get(lane.name);
        // It was given back meanwhile: its next owner finds what was taken.
        return commands && !lane.signal.aborted ? [{ lane, commands }] : [];
      });
    } finally {
      const taking = new Set(parts.map(({ lane }) => lane));
      for (const member of free) if (!taking.has(member.lane)) setFree(member);
    }
    this.#set(parts);
    return parts.length > 0;
  }

  /** Sets batches going: what takes long by itself, everything else together. */
  #set(parts: readonly LaneBatch[]): void {
    const { takesLong } = this.#deps;
    const isLong = ({ commands }: LaneBatch) => commands.some(takesLong);
    for (const part of parts.filter(isLong)) this.#goAlone(part);
    const shared = parts.filter((part) => !isLong(part));
    if (shared.length > 0) this.#goTogether(shared);
  }

  /** Never rejects. Where the batch was committed and what follows failed, the lanes find its receipts alone. */
  async #goTogether(parts: readonly LaneBatch[]): Promise<void> {
    this.#sharedBatches += 1;
    const finished = await this.#deps.runTogether(parts).catch(() => undefined);
    this.#sharedBatches -= 1;
    if (finished) this.#finish(parts, finished);
    else for (const part of parts) this.#goAlone(part);
    this.#marks.wake();
  }

  /** Never rejects: what goes wrong is logged, and the lane taken up again or left. */
  async #goAlone(part: LaneBatch): Promise<void> {
    const { lane } = part;
    try {
      const finished = await this.#alone.pass(() => this.#deps.runAlone(part));
      this.#finish([part], finished);
    } catch (error) {
      const isOver = error instanceof LaneLost || lane.signal.aborted;
      if (!isOver) {
        this.#deps.log.error(
          { err: error, lane: lane.name },
          'The batch of a lane failed; its commands are taken up again.',
        );
        await new Promise((resolve) => setTimeout(resolve, PAUSE_AFTER_ERROR_MS));
      }
      this.#release(lane, { isLost: error instanceof LaneLost });
    }
  }

  /**
   * Finishes the jobs and announces their outcomes. The lanes are free at once: what takes from them next is
   * sent behind this on the same connection. Where it does not arrive, the jobs are taken again, and their
   * receipts known.
   */
  #finish(parts: readonly LaneBatch[], finished: readonly FinishedCommand[]): void {
    const { redis, redisPrefix: prefix, announced, log } = this.#deps;
    const sent = [this.#jobs.finish(byLane(finished)), announce(redis, prefix, finished)];
    const all = Promise.all(sent).then(() => announced(finished));
    all.catch((error) => {
      const jobs = finished.length;
      log.error({ err: error, jobs }, 'Jobs could not be finished; they are taken up again.');
    });
    for (const { lane } of parts) this.#release(lane);
  }

  #release(lane: OwnedLane, { isLost = false } = {}): void {
    const member = this.#members.get(lane.name);
    if (member?.lane !== lane) return;
    setFree(member, isLost);
    this.#marks.wake();
  }
}

function setFree(member: Member, isLost = false): void {
  member.isBusy = false;
  if (isLost || member.lane.signal.aborted) member.leave();
}
