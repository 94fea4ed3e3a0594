/** Confirms a payment, as long as its view is shown. */
import { html } from 'htm/preact';
import { useEffect } from 'preact/hooks';
import { justPaid } from '../../bookings.ts';
import { useWords } from '../../texts.ts';

export function Paid() {
  const { t } = useWords();
  useEffect(() => () => justPaid.set([]), []);
  return html`
    <div class="paid" role="status">
      <span class="paid-tick" aria-hidden="true">✓</span>
      <p class="panel-title">${t.paidTitle}</p>
    </div>
  `;
}
