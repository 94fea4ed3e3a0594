/** The user's orders, newest first, and points. */
import { html } from 'htm/preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Order } from '../../../client/index.ts';
import { balance, justPaid, readBalance, stateOf } from '../../bookings.ts';
import { secondsUntil } from '../../clock.ts';
import { useTick } from '../../hooks.ts';
import { notifyProblem } from '../../notifications.ts';
import { addressOf } from '../../route.ts';
import { signOut, type User, user } from '../../session.ts';
import { useStore } from '../../store.ts';
import { clockFace, useWords } from '../../texts.ts';
import { usePages } from '../../use-pages.ts';
import { BackLink, MoreButton, QueryResult } from '../parts.ts';
import { ChargeForm, canCharge } from '../sale/charge-form.ts';
import { SignIn } from '../sign-in.ts';
import { Paid } from './paid.ts';

export function OrdersView() {
  const { t } = useWords();
  const current = useStore(user);
  return html`
    <section class="column">
      <${BackLink} to=${addressOf.concerts} text=${t.concerts} />
      ${useStore(justPaid).length > 0 && current && html`<${Paid} />`}
      <h1 class="title">${t.myOrders}</h1>
      ${current ? html`<${UserOrders} key=${current.subject} user=${current} />` : html`<${SignIn} />`}
    </section>
  `;
}

function UserOrders({ user: { subject, name } }: { user: User }) {
  const { t } = useWords();
  const orders = usePages(`orders of ${subject}`, (seatlane, options) => seatlane.orders(options));
  return html`
    <${QueryResult} query=${orders}>
      ${(shown: readonly Order[]) =>
        shown.length === 0
          ? html`<p class="note">${t.noOrders}</p>`
          : html`
              <${OrderList} orders=${shown} />
              <${MoreButton} pages=${orders} text=${t.moreOrders} />
            `}
    <//>
    <${Points} />
    <p class="quiet signed-in">
      ${name} <button class="link" type="button" onClick=${signOut}>${t.signOut}</button>
    </p>
  `;
}

/** Further pages are added below. Then the first new order has the focus, so that reading goes on there. */
function OrderList({ orders }: { orders: readonly Order[] }) {
  const list = useRef<HTMLUListElement>(null);
  useTick(orders.some((order) => stateOf(order) === 'held'));
  const shownBefore = useRef(orders.length);
  useEffect(() => {
    if (orders.length > shownBefore.current) {
      list.current?.children[shownBefore.current]?.querySelector('a')?.focus();
    }
    shownBefore.current = orders.length;
  }, [orders.length]);
  return html`
    <ul class="cards" ref=${list}>
      ${orders.map((order) => html`<${OrderCard} key=${order.id} order=${order} />`)}
    </ul>
  `;
}

function OrderCard({ order }: { order: Order }) {
  const { t, number, day, hour } = useWords();
  const { id, total, bookings, timeZone, holdExpiresAt } = order;
  const [first] = bookings;
  const state = stateOf(order);
  const isLive = state === 'held' || state === 'paid' || state === 'partly-refunded';
  return html`
    <li>
      <a class="card order-card ${isLive ? '' : 'is-over'}" href=${addressOf.order(id)}>
        <span class="card-text">
          <span class="card-title">${first?.concertTitle}</span>
          ${first && html`<span class="quiet">${day(first.startAt, timeZone)}, ${hour(first.startAt, timeZone)}</span>`}
          <span class="quiet small">
            ${t.orderNumber(id)} · ${t.placeCount(bookings.length)} · ${t.points(number(total))}
          </span>
        </span>
        <span class="tag is-${state}">
          ${t.orderState[state]}${state === 'held' && html` <time class="number">${clockFace(secondsUntil(holdExpiresAt))}</time>`}
        </span>
      </a>
    </li>
  `;
}

function Points() {
  const { t, number } = useWords();
  const have = useStore(balance);
  useEffect(() => {
    readBalance().catch(notifyProblem);
  }, []);
  return html`
    <div class="points">
      <p><span class="quiet">${t.balance}</span><strong class="points-have">${have === undefined ? '…' : t.points(number(have))}</strong></p>
      ${
        canCharge &&
        html`<details class="more">
          <summary>${t.charge}</summary>
          <${ChargeForm} amount=${10_000} />
        </details>`
      }
    </div>
  `;
}
