/** Cancels a performance, and shows how far its orders are refunded. */
import { html } from 'htm/preact';
import type { Cancellation, Sales } from '../../../client/index.ts';
import { callApi } from '../../api.ts';
import { useAction, usePolling, useQuery } from '../../hooks.ts';
import { notify, notifyProblem } from '../../notifications.ts';
import { sendOnce } from '../../send-once.ts';
import { QueryResult } from '../../views/parts.ts';
import { ReasonDialog } from '../reason-dialog.ts';
import { useBoardWords } from '../words.ts';

/** How often the progress is read, in ms. */
const AGAIN_MS = 2000;

interface CancelProps {
  sales: Sales;
  /** Of the venue; undefined until it is known. */
  timeZone: string | undefined;
  onDone(): void;
}

export function CancelPerformance({ sales, timeZone, onDone }: CancelProps) {
  const { b, number, moment } = useBoardWords();
  const words = b.salesPage;
  const { scheduleId, concertTitle, startAt, orders } = sales;
  const act = (reason: string) =>
    sendOnce(['cancel schedule', scheduleId, reason], (seatlane, options) =>
      seatlane.cancelSchedule(scheduleId, reason, options),
    );
  return html`
    <${ReasonDialog}
      label=${words.cancel}
      title=${words.cancelTitle}
      text=${words.cancelText(concertTitle, moment(startAt, timeZone), number(orders))}
      confirm=${words.cancelConfirm}
      done=${words.cancelDone}
      act=${act}
      onDone=${onDone}
    />
  `;
}

export function Progress({ scheduleId }: { scheduleId: number }) {
  const query = useQuery(`cancellation ${scheduleId}`, (seatlane, options) =>
    seatlane.cancellation(scheduleId, options),
  );
  const isFinished = query.body?.isFinished === true;
  usePolling(query, AGAIN_MS, !isFinished);
  return html`
    <${QueryResult} query=${query}>
      ${(cancellation: Cancellation) => html`<${Counts} scheduleId=${scheduleId} counts=${cancellation} onRetry=${query.refetch} />`}
    <//>
  `;
}

interface CountsProps {
  scheduleId: number;
  counts: Cancellation;
  onRetry(): void;
}

function Counts({ scheduleId, counts, onRetry }: CountsProps) {
  const { b, number } = useBoardWords();
  const words = b.salesPage;
  const [isBusy, run] = useAction();
  const { orders, refunded, pending, failed, holds, isFinished } = counts;
  const width = { width: `${(100 * refunded) / Math.max(1, orders)}%` };
  const retry = () =>
    run(async () => {
      try {
        await callApi((seatlane) => seatlane.retryCancellation(scheduleId));
        notify(() => words.retried);
      } catch (error) {
        notifyProblem(error);
      }
      onRetry();
    });
  return html`
    <section class="panel sales-progress">
      <h2 class="panel-title">${words.progress}</h2>
      <div class="bar" aria-hidden="true"><span class="bar-sold" style=${width} /></div>
      <p class="bar-legend small">
        <span>${words.refundedOf(number(refunded), number(orders))}</span>
        <span>${words.pending} <b>${number(pending)}</b></span>
        <span>${words.holdsLeft} <b>${number(holds)}</b></span>
        <span class=${failed > 0 ? 'is-bad' : ''}>${words.failed} <b>${number(failed)}</b></span>
      </p>
      ${isFinished && html`<p role="status">${words.finished}</p>`}
      ${
        failed > 0 &&
        html`<button class="button is-plain is-small" type="button" aria-disabled=${isBusy} onClick=${retry}>${words.retry}</button>`
      }
    </section>
  `;
}
