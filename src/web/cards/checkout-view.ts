/** What became of a card payment, for a buyer who has returned from the payment page, and what to do now. */
import { html } from 'htm/preact';
import { useEffect } from 'preact/hooks';
import type { Checkout, Order } from '../../client/index.ts';
import { readBalance, stateOf } from '../bookings.ts';
import { useQuery } from '../hooks.ts';
import { notifyProblem } from '../notifications.ts';
import { endAdmission, refreshEntry } from '../queue-entry.ts';
import { addressOf } from '../route.ts';
import { user } from '../session.ts';
import { useStore } from '../store.ts';
import { useWords } from '../texts.ts';
import { BackLink, QueryResult } from '../views/parts.ts';
import { HoldClock } from '../views/sale/hold-clock.ts';
import { SignIn } from '../views/sign-in.ts';

/** How long after an answer a payment is read again that is not over, in ms. */
const POLL_MS = 1500;

export function CheckoutView({ checkoutId }: { checkoutId: number }) {
  const { t } = useWords();
  const current = useStore(user);
  return html`
    <section class="column">
      <${BackLink} to=${addressOf.orders} text=${t.myOrders} />
      <h1 class="title">${t.cardPayment}</h1>
      ${current ? html`<${Outcome} checkoutId=${checkoutId} />` : html`<${SignIn} />`}
    </section>
  `;
}

function Outcome({ checkoutId }: { checkoutId: number }) {
  const query = useQuery(`checkout ${checkoutId}`, (seatlane, options) =>
    seatlane.checkout(checkoutId, options),
  );
  const state = query.body?.state;
  const isPending = state === 'opening' || state === 'open';
  useEffect(() => {
    if (!isPending) return;
    // After each answer: a further read would end one whose answer is slow.
    const timer = setTimeout(query.refetch, POLL_MS);
    return () => clearTimeout(timer);
  }, [isPending, query.body, query.problem]);
  useEffect(() => {
    if (state === undefined || isPending) return;
    readBalance().catch(notifyProblem);
    // The payment may have ended the session.
    if (state === 'paid') refreshEntry().catch(endAdmission);
  }, [state]);
  return html`
    <${QueryResult} query=${query}>
      ${(checkout: Checkout) => html`<${Result} checkout=${checkout} />`}
    <//>
  `;
}

function Result({ checkout }: { checkout: Checkout }) {
  const { t, money } = useWords();
  const { state, orderId, redirectUrl, amount, currency } = checkout;
  const isPaid = state === 'paid';
  const isUnpaid = state === 'failed' || state === 'expired';
  return html`
    <div class=${isPaid ? 'paid' : 'note'} role="status">
      ${isPaid && html`<span class="paid-tick" aria-hidden="true">✓</span>`}
      <p class=${isPaid ? 'panel-title' : ''}>${t.checkoutState[state]}</p>
      <p class="quiet">${money(amount, currency)}</p>
    </div>
    ${
      state === 'open' &&
      redirectUrl &&
      html`<a class="button is-wide" href=${redirectUrl}>${t.toPaymentPage}</a>`
    }
    ${isPaid && orderId !== null && html`<a class="button is-wide" href=${addressOf.tickets(orderId)}>${t.toTickets}</a>`}
    ${isUnpaid && orderId !== null && html`<${PayAgain} key=${state} orderId=${orderId} />`}
    ${
      orderId !== null &&
      html`<a class="button is-wide is-plain" href=${addressOf.order(orderId)}>${t.toOrder}</a>`
    }
    ${
      orderId === null &&
      !isPaid &&
      state !== 'open' &&
      html`<a class="button is-wide is-plain" href=${addressOf.orders}>${t.myOrders}</a>`
    }
  `;
}

/** The places are still held after a payment that failed, as long as their clock runs. */
function PayAgain({ orderId }: { orderId: number }) {
  const { t } = useWords();
  const query = useQuery(`order ${orderId}`, (seatlane, options) =>
    seatlane.orderById(orderId, options),
  );
  return html`
    <${QueryResult} query=${query}>
      ${(order: Order) => {
        const toSeats = addressOf.seats(order.concertId, order.scheduleId);
        if (stateOf(order) !== 'held') {
          return html`<a class="button is-wide" href=${toSeats}>${t.chooseAgain}</a>`;
        }
        return html`
          <${HoldClock} until=${order.holdExpiresAt} onEnd=${query.refetch} />
          <a class="button is-wide" href=${toSeats}>${t.payAgain}</a>
        `;
      }}
    <//>
  `;
}
