/** The tickets of an order: on the screen for the entrance, and printed on one sheet each. */
import { html } from 'htm/preact';
import type { Ticket } from '../../client/index.ts';
import { callApi } from '../api.ts';
import { placeName } from '../bookings.ts';
import { useAction, useQuery } from '../hooks.ts';
import { notifyProblem } from '../notifications.ts';
import { addressOf } from '../route.ts';
import { user } from '../session.ts';
import { useStore } from '../store.ts';
import { useWords } from '../texts.ts';
import { BackLink, QueryResult } from './parts.ts';
import { SignIn } from './sign-in.ts';

export function TicketsView({ orderId }: { orderId: number }) {
  const { t } = useWords();
  const current = useStore(user);
  return html`
    <section class="column tickets">
      <${BackLink} to=${addressOf.bookings} text=${t.myBookings} />
      <h1 class="title">${t.tickets}</h1>
      ${current ? html`<${OrderTickets} orderId=${orderId} />` : html`<${SignIn} />`}
    </section>
  `;
}

function OrderTickets({ orderId }: { orderId: number }) {
  const { t } = useWords();
  const query = useQuery(`tickets of order ${orderId}`, (seatlane, options) =>
    seatlane.tickets(orderId, options),
  );
  return html`
    <${QueryResult} query=${query}>
      ${(tickets: Ticket[]) =>
        tickets.length === 0
          ? html`<p class="note">${t.noTickets}</p>`
          : html`
              <${Actions} orderId=${orderId} />
              <ul class="ticket-list">
                ${tickets.map((ticket) => html`<${TicketCard} key=${ticket.id} ticket=${ticket} />`)}
              </ul>
            `}
    <//>
  `;
}

function Actions({ orderId }: { orderId: number }) {
  const { t } = useWords();
  const [isBusy, run] = useAction();
  const save = () => run(() => saveCalendarEntry(orderId).catch(notifyProblem));
  return html`
    <p class="ticket-actions">
      <button class="button is-plain" type="button" onClick=${() => print()}>${t.print}</button>
      <button class="button is-plain" type="button" aria-disabled=${isBusy} onClick=${save}>${t.addToCalendar}</button>
    </p>
  `;
}

/** A link to the API would lack the access token, so the page reads the file and offers it as a download. */
async function saveCalendarEntry(orderId: number): Promise<void> {
  const text = await callApi((seatlane) => seatlane.calendarEntry(orderId));
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/calendar' }));
  link.download = `order-${orderId}.ics`;
  link.click();
  // The browser has taken over the file by the next task.
  setTimeout(() => URL.revokeObjectURL(link.href));
}

function TicketCard({ ticket }: { ticket: Ticket }) {
  const { t, day, hour } = useWords();
  const { id, concertTitle, startAt, state } = ticket;
  const place = placeName(t, ticket);
  return html`
    <li class="ticket ${state === 'revoked' ? 'is-over' : ''}">
      <p class="ticket-concert">${concertTitle}</p>
      <p class="quiet">${day(startAt)}, ${hour(startAt)}</p>
      <p class="ticket-place">${place}</p>
      ${state === 'revoked' ? null : html`<${QrCode} id=${id} label=${t.codeOf(place)} />`}
      <p class="quiet small">${t.ticketState[state]} · ${t.ticketNumber(id)}</p>
    </li>
  `;
}

/** Draws the paths of the API's SVG anew: the page's policy allows no markup from elsewhere. */
function QrCode({ id, label }: { id: number; label: string }) {
  const query = useQuery(`QR code of ticket ${id}`, (seatlane, options) =>
    seatlane.ticketQr(id, options),
  );
  return html`
    <${QueryResult} query=${query}>
      ${(svg: string) => {
        const [, viewBox] = /viewBox="([\d ]+)"/.exec(svg) ?? [];
        const [, modules] = /<path d="([^"]+)"/.exec(svg) ?? [];
        return html`
          <svg class="qr" role="img" aria-label=${label} viewBox=${viewBox} shape-rendering="crispEdges">
            <path d=${modules} />
          </svg>
        `;
      }}
    <//>
  `;
}
