/** The tickets of an order: on the screen for the entrance, and printed on one sheet each. */
import { html } from 'htm/preact';
import type { Ticket } from '../../../client/index.ts';
import { placeName } from '../../bookings.ts';
import { useQuery } from '../../hooks.ts';
import { addressOf } from '../../route.ts';
import { user } from '../../session.ts';
import { useStore } from '../../store.ts';
import { useWords } from '../../texts.ts';
import { BackLink, QueryResult } from '../parts.ts';
import { SignIn } from '../sign-in.ts';
import { CalendarButton } from './calendar.ts';

export function TicketsView({ orderId }: { orderId: number }) {
  const { t } = useWords();
  const current = useStore(user);
  return html`
    <section class="column tickets">
      <${BackLink} to=${addressOf.order(orderId)} text=${t.orderNumber(orderId)} />
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
                ${validFirst(tickets).map((ticket) => html`<${TicketCard} key=${ticket.id} ticket=${ticket} />`)}
              </ul>
            `}
    <//>
  `;
}

/** A guest at the entrance looks for a code, so places that were refunded come last. */
function validFirst(tickets: readonly Ticket[]): Ticket[] {
  const isRevoked = ({ state }: Ticket) => Number(state === 'revoked');
  return tickets.toSorted((one, other) => isRevoked(one) - isRevoked(other));
}

function Actions({ orderId }: { orderId: number }) {
  const { t } = useWords();
  return html`
    <p class="ticket-actions">
      <button class="button is-plain" type="button" onClick=${() => print()}>${t.print}</button>
      <${CalendarButton} orderId=${orderId} />
    </p>
  `;
}

function TicketCard({ ticket }: { ticket: Ticket }) {
  const { t, day, hour } = useWords();
  const { id, concertTitle, startAt, timeZone, venue, state } = ticket;
  const place = placeName(t, ticket);
  return html`
    <li class="ticket ${state === 'revoked' ? 'is-over' : ''}">
      <p class="ticket-concert">${concertTitle}</p>
      <p class="quiet">${day(startAt, timeZone)}, ${hour(startAt, timeZone)}${venue && html`<br />${venue}`}</p>
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
