/** The user's bookings and points. */
import { html } from 'htm/preact';
import { useEffect, useState } from 'preact/hooks';
import type { Page } from '../../client/index.ts';
import type { Booking, Concert } from '../../commands/schemas/resources.ts';
import { callApi } from '../api.ts';
import { balance, cancel, isLive, placeName, readBalance } from '../bookings.ts';
import { secondsUntil } from '../clock.ts';
import { useAction, useQuery, useTick } from '../hooks.ts';
import { notify, notifyProblem } from '../notifications.ts';
import { addressOf } from '../route.ts';
import { signOut, user } from '../session.ts';
import { makeStore, useStore } from '../store.ts';
import { clockFace, useWords } from '../texts.ts';
import { ChargeForm, canCharge } from './charge-form.ts';
import { BackLink, QueryResult } from './parts.ts';
import { SignIn } from './sign-in.ts';

/** True right after a payment, so that the page confirms it. */
export const justPaid = makeStore(false);

export function BookingsView() {
  const { t } = useWords();
  const current = useStore(user);
  return html`
    <section class="column">
      <${BackLink} to=${addressOf.concerts} text=${t.concerts} />
      ${useStore(justPaid) && current && html`<${Paid} />`}
      <h1 class="title">${t.myBookings}</h1>
      ${current ? html`<${UserBookings} name=${current.name} />` : html`<${SignIn} />`}
    </section>
  `;
}

function Paid() {
  const { t } = useWords();
  useEffect(() => () => justPaid.set(false), []);
  return html`
    <div class="paid" role="status">
      <span class="paid-tick" aria-hidden="true">✓</span>
      <p class="panel-title">${t.paidTitle}</p>
    </div>
  `;
}

function UserBookings({ name }: { name: string }) {
  const { t } = useWords();
  const [cursor, setCursor] = useState<string>();
  const query = useQuery(`bookings from ${cursor}`, (seatlane, options) =>
    seatlane.bookings({ ...options, cursor }),
  );
  const refetch = () => (cursor ? setCursor(undefined) : query.refetch());
  return html`
    <${Points} />
    <${QueryResult} query=${query}>
      ${({ items, nextCursor }: Page<Booking>) =>
        items.length === 0
          ? html`<p class="note">${t.noBookings}</p>`
          : html`
              <${BookingList} bookings=${items} refetch=${refetch} />
              ${
                nextCursor &&
                html`<button class="button is-plain" type="button" onClick=${() => setCursor(nextCursor)}>
                  ${t.moreConcerts}
                </button>`
              }
            `}
    <//>
    <p class="quiet signed-in">
      ${name} <button class="link" type="button" onClick=${signOut}>${t.signOut}</button>
    </p>
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

function BookingList({ bookings, refetch }: { bookings: readonly Booking[]; refetch: () => void }) {
  const titles = useTitles(bookings.map(({ concertId }) => concertId));
  useTick(bookings.some(isLive));
  return html`
    <ul class="cards">
      ${bookings.map(
        (booking) => html`
          <${BookingCard} key=${booking.id} booking=${booking} title=${titles.get(booking.concertId)} refetch=${refetch} />
        `,
      )}
    </ul>
  `;
}

function BookingCard(props: { booking: Booking; title: string | undefined; refetch: () => void }) {
  const { booking, title, refetch } = props;
  const { t, number, moment } = useWords();
  const { orderId, price, concertId, scheduleId, holdExpiresAt, createdAt } = booking;
  const isHeld = isLive(booking);
  const state = booking.state === 'held' && !isHeld ? 'expired' : booking.state;
  return html`
    <li class="booking ${state === 'paid' || isHeld ? '' : 'is-over'}">
      <span class="card-text">
        <span class="card-title">${placeName(t, booking)}</span>
        <span class="quiet">${title ?? ' '}</span>
        <span class="quiet small">${moment(createdAt)} · ${t.points(number(price))}</span>
      </span>
      <span class="booking-side">
        <span class="tag is-${state}">
          ${t.bookingState[state]}${isHeld && html` <time class="number">${clockFace(secondsUntil(holdExpiresAt))}</time>`}
        </span>
        ${isHeld && html`<a class="button is-small" href=${addressOf.seats(concertId, scheduleId)}>${t.toPay}</a>`}
        ${state === 'paid' && html`<a class="button is-small" href=${addressOf.tickets(orderId)}>${t.toTickets}</a>`}
        ${(isHeld || state === 'paid') && html`<${CancelButton} booking=${booking} refetch=${refetch} />`}
      </span>
    </li>
  `;
}

/** Asks for confirmation before a booking is cancelled. */
function CancelButton({ booking, refetch }: { booking: Booking; refetch: () => void }) {
  const { t } = useWords();
  const [isConfirming, setConfirming] = useState(false);
  const [isBusy, run] = useAction();
  const text = booking.state === 'paid' ? t.refund : t.cancel;
  if (!isConfirming) {
    return html`<button class="link" type="button" onClick=${() => setConfirming(true)}>${text}</button>`;
  }
  const confirm = () =>
    run(async () => {
      try {
        const { state } = await cancel(booking);
        notify(({ t: texts }) => (state === 'refunded' ? texts.refunded : texts.cancelled));
        await readBalance();
      } catch (error) {
        notifyProblem(error);
      }
      setConfirming(false);
      refetch();
    });
  return html`
    <span class="sure" role="group" aria-label=${t.sure}>
      <button class="button is-plain is-small is-alert" type="button" aria-disabled=${isBusy} onClick=${confirm}>${text}</button>
      <button class="link" type="button" onClick=${() => setConfirming(false)}>${t.keep}</button>
    </span>
  `;
}

/** The titles of concerts by id; missing ones are still being read. */
function useTitles(concertIds: readonly number[]): ReadonlyMap<number, string> {
  const [titles, setTitles] = useState<ReadonlyMap<number, string>>(new Map());
  const wanted = [...new Set(concertIds)].filter((id) => !titles.has(id)).join(' ');
  useEffect(() => {
    if (wanted === '') return;
    const ids = wanted.split(' ').map(Number);
    callApi((seatlane) => Promise.all(ids.map((id) => seatlane.concert(id)))).then(
      (concerts) => setTitles((before) => new Map([...before, ...concerts.map(toEntry)])),
      notifyProblem,
    );
  }, [wanted]);
  return titles;
}

function toEntry({ id, title }: Concert): [number, string] {
  return [id, title];
}
