/**
 * The loop of one lane: take the commands that wait, have them carried out, finish their jobs, tell who
 * waits. One batch at a time, in the exact order of enqueueing; what arrives during a batch forms the
 * next one. It knows nothing of seats or points.
 *
 * Jobs are taken without BullMQ's locks: a lane's only consumer is its owner, and whoever still believes
 * to be one is fenced off in PostgreSQL. So nothing has to be renewed, a job never stalls, and what a
 * dead owner had in its hands is found at once and in its order (docs/decisions/0004).
 */
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { announce } from '../src/lanes/announcements.ts';
import { LaneLost } from './faults.ts';
import type { Gate } from './gate.ts';
import { LaneJobs } from './lane-jobs.ts';
import type { FinishedCommand, OwnedLane, TakenCommand } from './run-batch.ts';

/** How long an idle loop waits for a mark before it looks by itself, in s: a mark can be lost. */
const IDLE_SECONDS = 1;
const PAUSE_AFTER_ERROR_MS = 200;

export interface LaneWorkerDeps {
  /** A connection that knows the scripts of lane-jobs.ts; all lanes of a process share it. */
  redis: Redis;
  redisPrefix: string;
  /** Commands in one batch at most. */
  batchSize: number;
  /** All lanes of a process share it. */
  gate: Gate;
  carryOut(lane: OwnedLane, batch: readonly TakenCommand[]): Promise<FinishedCommand[]>;
  log: Logger;
}

/** Runs until the lane's signal is aborted; the batch under way is finished first. */
export async function runLane(deps: LaneWorkerDeps, lane: OwnedLane): Promise<void> {
  const { redis, redisPrefix, gate, log } = deps;
  const jobs = new LaneJobs(redis, { redisPrefix, lane: lane.name });
  // A connection that waits can do nothing else, so each lane waits on one of its own.
  const waiting = redis.duplicate();
  waiting.on('error', () => undefined);
  const interrupt = () => waiting.disconnect();
  lane.signal.addEventListener('abort', interrupt, { once: true });

  while (!lane.signal.aborted) {
    try {
      const count = await gate.pass(() => runOnce(deps, lane, jobs));
      if (count === 0) await waiting.bzpopmin(jobs.markerKey, IDLE_SECONDS);
    } catch (error) {
      if (error instanceof LaneLost || lane.signal.aborted) break;
      const about = { err: error, lane: lane.name };
      log.error(about, 'The loop of a lane failed; it takes the commands up again.');
      await new Promise((resolve) => setTimeout(resolve, PAUSE_AFTER_ERROR_MS));
    }
  }
  interrupt();
}

/** Takes what waits and carries it out. @returns how many commands that were */
async function runOnce(deps: LaneWorkerDeps, lane: OwnedLane, jobs: LaneJobs): Promise<number> {
  // It may have been given back while it waited for its turn.
  const batch = lane.signal.aborted ? [] : await jobs.take(deps.batchSize);
  if (batch.length > 0) await carryOut(deps, lane, jobs, batch);
  return batch.length;
}

async function carryOut(
  deps: LaneWorkerDeps,
  lane: OwnedLane,
  jobs: LaneJobs,
  batch: readonly TakenCommand[],
): Promise<void> {
  const finished = await deps.carryOut(lane, batch);
  await jobs.finish(finished);
  const { redis, redisPrefix: prefix } = deps;
  const outcomes = finished.map(({ subject: _, ...outcome }) => outcome);
  await announce(redis, { prefix, lane: lane.name, outcomes });
}
