/** Reports payments that a provider told of and that fit no checkout: money at the provider that this system does not know. */
import type { Logger } from 'pino';
import type { SettledCheckout } from '../../../src/commands/money/settle-checkout.ts';
import type { FinishedCommand } from '../../batch/batch.ts';
import type { WorkerMetrics } from '../../ops/metrics.ts';

/** @param finished the commands of a batch; one that told of a payment that fits no checkout has changed nothing */
export function countUnknown(
  finished: readonly FinishedCommand[],
  { metrics, log }: { metrics: Pick<WorkerMetrics, 'unknownPayment'>; log: Logger },
): void {
  for (const { jobId, name, outcome } of finished) {
    if (name !== 'settle-checkout' || outcome.state !== 'succeeded') continue;
    const { checkout, outcome: end, told } = outcome.result as SettledCheckout;
    if (checkout !== null || end !== 'paid') continue;
    metrics.unknownPayment();
    log.error({ jobId, ...told }, 'A payment provider told of a payment that fits no checkout.');
  }
}
