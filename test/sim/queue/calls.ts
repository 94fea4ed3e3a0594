/** The queues of calls to payment providers in memory: the part of BullMQ that `offer-calls.ts` uses, and their consumers. */
import type { Queue } from 'bullmq';
import { TRIES_MAX } from '../../../workers/outbox/backoff.ts';
import type { MakingCalls } from '../../../workers/outbox/calls.ts';
import type { CallJob } from '../../../workers/outbox/offer-calls.ts';
import { CallPostponed } from '../../../workers/outbox/postponed.ts';
import { clock } from '../host/clock.ts';
import { currentProcess, type SimProcess } from '../host/processes.ts';
import type { Line } from './lanes.ts';

interface KeptJob {
  id: string;
  data: CallJob;
  tries: number;
  dueAt: number;
  takenBy: SimProcess | undefined;
  /** Of a failed job, in ms since 1970. */
  finishedOn: number | undefined;
}

interface NewJob {
  data: CallJob;
  opts: { jobId: string };
}

const RETRY_MS = 700;
const AWAY_MS = 5000;
const LOOK_MS = 300;

export class MemoryCalls {
  readonly #jobs = new Map<string, KeptJob>();

  empty(): void {
    this.#jobs.clear();
  }

  get(id: string): KeptJob | undefined {
    return this.#jobs.get(id);
  }

  remove(id: string): void {
    this.#jobs.delete(id);
  }

  add(jobs: readonly NewJob[]): void {
    for (const { data, opts } of jobs) {
      const id = opts.jobId;
      const job = {
        id,
        data,
        tries: 0,
        dueAt: clock.now,
        takenBy: undefined,
        finishedOn: undefined,
      };
      if (!this.#jobs.has(id)) this.#jobs.set(id, job);
    }
  }

  /** The next job that is due. One of a process that has crashed is due again. */
  next(): KeptJob | undefined {
    for (const job of this.#jobs.values()) {
      if (job.finishedOn !== undefined || job.dueAt > clock.now) continue;
      if (!job.takenBy?.isAlive) return job;
    }
    return undefined;
  }
}

/** A queue of BullMQ, as `offerCalls` uses it. */
export function openCallQueue(calls: MemoryCalls, line: Line): Queue {
  const queue = {
    getJob: (id: string) => line.call('get call', () => calls.get(id)),
    remove: (id: string) => line.call('remove call', () => calls.remove(id)),
    addBulk: (jobs: NewJob[]) => line.call('add calls', () => calls.add(jobs)),
  };
  return queue as unknown as Queue;
}

/** Makes the calls that are due, as long as the current process lives. */
export function consumeCalls(calls: MemoryCalls, line: Line, making: MakingCalls): void {
  const me = currentProcess();
  setInterval(() => {
    // Without a call that is due this is no step of the simulation.
    for (let job = calls.next(); job; job = calls.next()) {
      job.takenBy = me;
      void work(calls, line, making, job);
    }
  }, LOOK_MS);
}

async function work(
  calls: MemoryCalls,
  line: Line,
  making: MakingCalls,
  job: KeptJob,
): Promise<void> {
  const me = job.takenBy;
  const isMine = () => job.takenBy === me && calls.get(job.id) === job;
  const end = await making.make(job.data).then(
    () => () => calls.remove(job.id),
    (error: unknown) => () => {
      if (!isMine()) return;
      job.takenBy = undefined;
      const isAway = error instanceof CallPostponed;
      if (!isAway) job.tries += 1;
      job.dueAt = clock.now + (isAway ? AWAY_MS : RETRY_MS * job.tries);
      if (job.tries >= TRIES_MAX) job.finishedOn = clock.now;
    },
  );
  // BullMQ's worker repeats what Redis did not hear.
  while (isMine()) await line.call('end call', end).catch(() => undefined);
}
