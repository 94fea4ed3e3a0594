/** One order: the performance, what to do now, its places, and what was paid and given back. */
import { html } from 'htm/preact';
import type { Order, OrderPayment } from '../../../client/index.ts';
import { justPaid, stateOf } from '../../bookings.ts';
import { useQuery } from '../../hooks.ts';
import { paidWay } from '../../orders/refund-rules.ts';
import { addressOf } from '../../route.ts';
import { user } from '../../session.ts';
import { useStore } from '../../store.ts';
import { useWords } from '../../texts.ts';
import { BackLink, QueryResult } from '../parts.ts';
import { HoldClock } from '../sale/hold-clock.ts';
import { SignIn } from '../sign-in.ts';
import { CalendarButton } from './calendar.ts';
import { Paid } from './paid.ts';
import { Payments } from './payments.ts';
import { Places } from './places.ts';
import { RefundRules } from './rules.ts';

export function OrderView({ orderId }: { orderId: number }) {
  const { t } = useWords();
  const current = useStore(user);
  return html`
    <section class="column">
      <${BackLink} to=${addressOf.orders} text=${t.myOrders} />
      ${useStore(justPaid).includes(orderId) && current && html`<${Paid} />`}
      ${
        current
          ? html`<${ReadOrder} orderId=${orderId} />`
          : html`<h1 class="title">${t.orderNumber(orderId)}</h1><${SignIn} />`
      }
    </section>
  `;
}

function ReadOrder({ orderId }: { orderId: number }) {
  const query = useQuery(`order ${orderId}`, (seatlane, options) =>
    seatlane.orderById(orderId, options),
  );
  const payments = useQuery(`payments of order ${orderId}`, (seatlane, options) =>
    seatlane.orderPayments(orderId, options),
  );
  const refetch = () => {
    query.refetch();
    payments.refetch();
  };
  return html`
    <${QueryResult} query=${query}>
      ${(order: Order) => html`<${ShownOrder} order=${order} payments=${payments.body} refetch=${refetch} />`}
    <//>
  `;
}

interface ShownOrderProps {
  order: Order;
  /** undefined until they are read. */
  payments: readonly OrderPayment[] | undefined;
  refetch(): void;
}

function ShownOrder({ order, payments, refetch }: ShownOrderProps) {
  const { t, day, hour, moment } = useWords();
  const { id, bookings, timeZone, venue, createdAt } = order;
  const [first] = bookings;
  const state = stateOf(order);
  const startAt = first?.startAt ?? createdAt;
  const isPaid = state === 'paid' || state === 'partly-refunded';
  return html`
    <div class="order-head">
      <h1 class="title">${first?.concertTitle}</h1>
      <p class="order-when">${day(startAt, timeZone)}, ${hour(startAt, timeZone)}</p>
      ${venue && html`<p>${venue}</p>`}
      <p class="quiet">
        ${t.orderNumber(id)} · ${t.orderedAt(moment(createdAt))} <span class="tag is-${state}">${t.orderState[state]}</span>
      </p>
    </div>
    <${NextSteps} order=${order} refetch=${refetch} />
    <${Places} order=${order} way=${paidWay(payments)} refetch=${refetch} />
    ${payments && payments.length > 0 && html`<${Payments} payments=${payments} />`}
    ${(isPaid || state === 'held') && html`<${RefundRules} startAt=${startAt} timeZone=${timeZone} />`}
  `;
}

/** Paying, the tickets, or why there is nothing to do. */
function NextSteps({ order, refetch }: Pick<ShownOrderProps, 'order' | 'refetch'>) {
  const { t } = useWords();
  const { id, concertId, scheduleId, holdExpiresAt } = order;
  const state = stateOf(order);
  const toSeats = addressOf.seats(concertId, scheduleId);
  if (state === 'held') {
    return html`
      <${HoldClock} until=${holdExpiresAt} onEnd=${refetch} />
      <a class="button is-wide" href=${toSeats}>${t.toPay}</a>
    `;
  }
  if (state === 'paid' || state === 'partly-refunded') {
    return html`
      <p class="ticket-actions">
        <a class="button" href=${addressOf.tickets(id)}>${t.toTickets}</a>
        <${CalendarButton} orderId=${id} />
      </p>
    `;
  }
  return html`
    <div class="note">
      <p>${t.orderEnded[state]}</p>
      ${state !== 'refunded' && html`<a class="button is-plain" href=${toSeats}>${t.chooseAgain}</a>`}
    </div>
  `;
}
