/** What was paid for an order, and what was given back, with its way. */
import { html } from 'htm/preact';
import type { OrderPayment } from '../../../client/index.ts';
import { useWords } from '../../texts.ts';

export function Payments({ payments }: { payments: readonly OrderPayment[] }) {
  const { t } = useWords();
  return html`
    <section>
      <h2 class="subtitle">${t.payment}</h2>
      <ul class="lines">
        ${payments.map((payment) => html`<${PaymentLine} key=${payment.id} ...${payment} />`)}
      </ul>
    </section>
  `;
}

function PaymentLine({ kind, method, amount, currency, state, createdAt }: OrderPayment) {
  const { t, moment, amountText } = useWords();
  const isRefund = kind === 'refund';
  return html`
    <li class="line-item">
      <span>
        ${isRefund ? t.backTo[method] : t.paidBy[method]}
        <span class="quiet small order-note">${moment(createdAt)}${isRefund && ` · ${t.refundState[state]}`}</span>
      </span>
      <span class="number">${amountText(amount, currency)}</span>
    </li>
  `;
}
