/** The rules of refunds, which a buyer reads before paying, and on the page of an order. */
import { html } from 'htm/preact';
import { settings } from '../../cards/payments.ts';
import { secondsUntil } from '../../clock.ts';
import { refundEnd } from '../../orders/refund-rules.ts';
import { useWords } from '../../texts.ts';

export interface RefundRulesProps {
  /** When the performance starts, ISO 8601. */
  startAt: string;
  /** Of the venue; undefined until it is known: then the device's. */
  timeZone: string | undefined;
}

export function RefundRules({ startAt, timeZone }: RefundRulesProps) {
  const { t, moment } = useWords();
  const end = refundEnd(startAt, settings.cancelUntilHours);
  if (secondsUntil(end) === 0) {
    return html`<p class="rules is-over">${t.refundOver(moment(end, timeZone))}</p>`;
  }
  return html`
    <div class="rules">
      <p>${t.refundUntil(moment(end, timeZone))}</p>
      <details>
        <summary>${t.refundRules}</summary>
        <p>${t.refundWay}</p>
      </details>
    </div>
  `;
}
