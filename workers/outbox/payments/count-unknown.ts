/** Reports payments that a provider told of and that fit no checkout: money at the provider that this system does not know. */
import type { Logger } from 'pino';
import { settleCheckout } from '../../../src/commands/money/settle-checkout.ts';
import { resultOf } from '../../../src/commands/result-of.ts';
import type { FinishedCommand } from '../../batch/batch.ts';
import type { WorkerMetrics } from '../../ops/metrics.ts';

/** @param finished the commands of a batch; one that told of a payment that fits no checkout has changed nothing */
export function countUnknown(
  finished: readonly FinishedCommand[],
  { metrics, log }: { metrics: Pick<WorkerMetrics, 'unknownPayment'>; log: Logger },
): void {
  for (const command of finished) {
    const settled = resultOf(settleCheckout, command);
    if (settled?.checkout !== null || settled.outcome !== 'paid') continue;
    metrics.unknownPayment();
    const { jobId } = command;
    log.error(
      { jobId, ...settled.told },
      'A payment provider told of a payment that fits no checkout.',
    );
  }
}
