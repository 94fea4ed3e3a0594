/** The board's list of refunds to cards that failed, with what an operator can do about each. */
import { html } from 'htm/preact';
import type { ListedCardRefund, RefundEnd } from '../../../client/index.ts';
import { callApi } from '../../api.ts';
import { useAction } from '../../hooks.ts';
import { notify, notifyProblem } from '../../notifications.ts';
import { sendOnce } from '../../send-once.ts';
import { figures } from '../watch.ts';
import { useBoardWords } from '../words.ts';

/** Shown only while there are any. */
export function RefundList({ refunds }: { refunds: readonly ListedCardRefund[] }) {
  const { b } = useBoardWords();
  if (refunds.length === 0) return null;
  return html`
    <section class="panel board-refunds">
      <h2 class="panel-title">${b.failedRefunds}</h2>
      <p class="quiet small">${b.failedRefundsWhy}</p>
      <ul class="bars">
        ${refunds.map((refund) => html`<${FailedRefund} key=${refund.id} refund=${refund} />`)}
      </ul>
    </section>
  `;
}

function FailedRefund({ refund }: { refund: ListedCardRefund }) {
  const { b, number, moment } = useBoardWords();
  const [isBusy, run] = useAction();
  const act = (send: () => Promise<unknown>, done: string) =>
    run(async () => {
      try {
        await send();
        drop(refund.id);
        notify(() => done);
      } catch (error) {
        notifyProblem(error);
      }
    });
  const retry = () => act(() => callApi((seatlane) => seatlane.retryRefund(refund.id)), b.retried);
  const end = (event: SubmitEvent) => {
    event.preventDefault();
    const given = new FormData(event.target as HTMLFormElement, event.submitter);
    const as = given.get('as') === 'points' ? 'points' : 'elsewhere';
    const reason = String(given.get('reason'));
    act(() => endRefund(refund.id, { as, reason }), b.refundEnded);
  };
  return html`
    <li>
      <p class="bar-title">
        <span>${number(refund.amount)} ${refund.currency}</span>
        <span class="quiet small">${moment(refund.createdAt)}</span>
      </p>
      <p class="small">${b.ofUser(refund.subject, refund.orderId)} <span class="quiet">${refund.provider} ${refund.paymentRef}</span></p>
      <p class="small is-bad">${refund.failure}</p>
      <div class="buttons">
        <button class="button is-small" type="button" aria-disabled=${isBusy} onClick=${retry}>${b.retryRefund}</button>
      </div>
      <details>
        <summary class="small">${b.endRefund}</summary>
        <form class="form" onSubmit=${end}>
          <label class="field">
            <span>${b.endReason}</span>
            <input name="reason" required maxlength="200" autocomplete="off" />
          </label>
          <div class="buttons">
            <button class="button is-plain is-small" name="as" value="points" aria-disabled=${isBusy}>${b.giveInPoints}</button>
            <button class="button is-plain is-small" name="as" value="elsewhere" aria-disabled=${isBusy}>${b.paidElsewhere}</button>
          </div>
        </form>
      </details>
    </li>
  `;
}

function endRefund(refundId: number, end: RefundEnd): Promise<unknown> {
  return sendOnce(['end refund', refundId, end], (seatlane, options) =>
    seatlane.endRefund(refundId, end, options),
  );
}

/** Takes a refund off the list before the figures are read again. */
function drop(refundId: number): void {
  const shown = figures.get();
  if (!shown) return;
  const failedRefunds = shown.failedRefunds.filter(({ id }) => id !== refundId);
  figures.set({ ...shown, failedRefunds });
}
