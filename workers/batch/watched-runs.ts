/** Runs batches while their duration and traces are recorded, and reports what they finished. */
import { ConcurrencyLimit } from '../lanes/concurrency-limit.ts';
import type { BatchRuns } from '../lanes/running-batches.ts';
import type { BatchWatch } from '../ops/watch-batches.ts';
import type { BatchDeps } from './apply-batch.ts';
import type { BatchResult, FinishedCommand, LaneBatch } from './batch.ts';
import { runBatch, runKey, runTogether } from './run-batch.ts';

/** Over all batches, maximum of keys that are tried concurrently after their batch met a locked row. */
const KEY_TRIES_MAX = 2;

/** @param onFinished receives the finished commands of each batch; the batch ends after it */
export function watchedRuns(
  batchDeps: Omit<BatchDeps, 'keyTries'>,
  watch: BatchWatch,
  onFinished: (finished: FinishedCommand[]) => Promise<void>,
): BatchRuns {
  const deps = { ...batchDeps, keyTries: new ConcurrencyLimit(KEY_TRIES_MAX) };
  const reportFinished = async (result: BatchResult) => {
    await onFinished(result.finished);
    return result;
  };
  const runOne = (laneBatch: LaneBatch, run: () => Promise<BatchResult>) =>
    watch.during(laneBatch.commands, async () => reportFinished(await run()));
  return {
    runTogether: (laneBatches, options) =>
      watch.during(commandsOf(laneBatches), async () => {
        const result = await runTogether(deps, laneBatches, options);
        return result && reportFinished(result);
      }),
    runAlone: (laneBatch) =>
      runOne(laneBatch, () => runBatch(deps, laneBatch.lane, laneBatch.commands)),
    runKey: (laneBatch, lockTimeoutMs) =>
      runOne(laneBatch, () => runKey(deps, laneBatch, lockTimeoutMs)),
  };
}

const commandsOf = (laneBatches: readonly LaneBatch[]) =>
  laneBatches.flatMap(({ commands }) => commands);
