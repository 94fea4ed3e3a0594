/** Records metrics, traces and debug log lines for batches. */
import type { Logger } from 'pino';
import type { BatchSpans } from '../../src/observe/batch-spans.ts';
import type { Traces } from '../../src/observe/traces.ts';
import type { BatchResult, FinishedCommand, TakenCommand } from '../batch/batch.ts';
import type { WorkerMetrics } from './metrics.ts';

export interface WatchDeps {
  metrics: WorkerMetrics;
  /** Undefined if tracing is disabled. */
  traces: Traces | undefined;
  log: Logger;
}

export class BatchWatch {
  readonly #deps: WatchDeps;
  /** The spans of batches whose outcomes are being announced. */
  readonly #announcing = new WeakMap<readonly FinishedCommand[], BatchSpans>();

  constructor(deps: WatchDeps) {
    this.#deps = deps;
  }

  /**
   * Applies commands and records the batch. A failed batch is not recorded, because its commands are applied again in
   * another one.
   */
  async during<Result extends BatchResult | undefined>(
    taken: readonly TakenCommand[],
    apply: () => Promise<Result>,
  ): Promise<Result> {
    const { metrics, traces, log } = this.#deps;
    const began = performance.now();
    const spans = traces?.batch(taken);
    const result = await apply();
    const finished = result?.finished ?? [];
    if (finished.length > 0) {
      metrics.batches.applied({ commands: finished.length, ms: performance.now() - began });
      spans?.committed(finished);
      if (spans) this.#announcing.set(finished, spans);
      if (log.isLevelEnabled('debug')) logEach(log, taken, finished);
    }
    return result;
  }

  /** Records that the outcomes of these commands were announced. */
  announced(finished: readonly FinishedCommand[]): void {
    this.#announcing.get(finished)?.announced();
  }
}

function logEach(
  log: Logger,
  taken: readonly TakenCommand[],
  finished: readonly FinishedCommand[],
): void {
  const requests = new Map(taken.map(({ jobId, accepted }) => [jobId, accepted.requestId]));
  for (const { jobId, name: command, outcome, acceptedAt, finishedAt } of finished) {
    const ms = finishedAt - acceptedAt;
    const about = { requestId: requests.get(jobId), jobId, command, state: outcome.state, ms };
    log.debug(about, 'A command was carried out.');
  }
}
