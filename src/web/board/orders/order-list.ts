/** A list of orders: each with its number, state, user, performance and places. */
import { html } from 'htm/preact';
import type { Order } from '../../../client/index.ts';
import { placeName } from '../../bookings.ts';
import { addressOf } from '../addresses.ts';
import { useBoardWords } from '../words.ts';

interface OrderListProps {
  /** The user is shown where it is not clear which one it is. */
  orders: readonly (Order & { subject?: string })[];
}

export function OrderList({ orders }: OrderListProps) {
  const { b, t, number, moment } = useBoardWords();
  return html`
    <ul class="order-lines">
      ${orders.map(({ id, state, subject, total, createdAt, timeZone, bookings }) => {
        const [first] = bookings;
        const at = first && moment(first.startAt, timeZone);
        return html`
          <li key=${id}>
            <p class="bar-title">
              <a href=${addressOf('orders', id)}>${b.ordersPage.number(id)}</a>
              <${StateTag} state=${state} />
            </p>
            ${subject !== undefined && html`<p><a href=${addressOf('people', subject)}>${subject}</a></p>`}
            <p class="small">${first?.concertTitle}, ${at}</p>
            <p class="small quiet">${bookings.map((booking) => placeName(t, booking)).join(', ')}</p>
            <p class="small quiet">${t.points(number(total))} · ${b.ordersPage.placed(moment(createdAt))}</p>
          </li>
        `;
      })}
    </ul>
  `;
}

export function StateTag({ state }: { state: Order['state'] }) {
  const { t } = useBoardWords();
  const isLive = state === 'paid' || state === 'held' || state === 'partly-refunded';
  return html`<span class="order-state small ${isLive ? 'is-live' : ''}">${t.orderState[state]}</span>`;
}
