/** Watches batches for those who run the system: figures, traces, and lines in the log about commands. */
import type { Logger } from 'pino';
import type { BatchSpans } from '../src/observe/batch-spans.ts';
import type { Traces } from '../src/observe/traces.ts';
import type { FinishedCommand, TakenCommand } from './batch.ts';
import type { WorkerMetrics } from './metrics.ts';

export interface WatchDeps {
  metrics: WorkerMetrics;
  /** Undefined where no traces are taken. */
  traces: Traces | undefined;
  log: Logger;
}

export class BatchWatch {
  readonly #deps: WatchDeps;
  /** Spans of batches whose outcomes are being announced. */
  readonly #announcing = new WeakMap<readonly FinishedCommand[], BatchSpans>();

  constructor(deps: WatchDeps) {
    this.#deps = deps;
  }

  /**
   * Watches while commands are carried out together. Where that fails nothing is noted: they are carried out
   * again, in another batch.
   */
  async during<Finished extends FinishedCommand[] | undefined>(
    taken: readonly TakenCommand[],
    carryOut: () => Promise<Finished>,
  ): Promise<Finished> {
    const { metrics, traces, log } = this.#deps;
    const began = performance.now();
    const spans = traces?.batch(taken);
    const finished = await carryOut();
    if (finished) {
      metrics.batch({ commands: taken.length, ms: performance.now() - began });
      spans?.committed(finished);
      if (spans) this.#announcing.set(finished, spans);
      if (log.isLevelEnabled('debug')) logEach(log, taken, finished);
    }
    return finished;
  }

  /** Whoever waits for these has been told. */
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
