/** Routes by which buyers read their tickets: as a list, as QR codes, and as an entry for their calendar. */
import { z } from 'zod';
import { ticket } from '../../../commands/schemas/tickets.ts';
import type { Database } from '../../../db/connection/orm.ts';
import { findTicket, findTickets, type TicketRow } from '../../../db/reads/tickets/tickets.ts';
import { cacheHeaders, etagOf, notModified } from '../../conditional.ts';
import { Problem } from '../../problems/problems.ts';
import { pathId } from '../../request.ts';
import { respondJson, respondText } from '../../respond.ts';
import { defineRoute, type Route } from '../../route.ts';
import { type CalendarEntry, toCalendar } from '../../tickets/calendar.ts';
import { codeOf, namesOf, toTicket } from '../../tickets/present-ticket.ts';
import { QrCodes } from '../../tickets/qr.ts';
import type { TicketCodes } from '../../tickets/ticket-codes.ts';

const orderParams = z.object({ orderId: pathId });

export interface TicketRouteDeps {
  orm: Database;
  ticketCodes: TicketCodes;
}

export function ticketRoutes({ orm, ticketCodes }: TicketRouteDeps): Route[] {
  const qrCodes = new QrCodes();
  const demandTickets = async (wanted: { subject: string; orderId: number }) => {
    const found = await findTickets(orm, wanted);
    if (found) return found;
    throw new Problem('ORDER_NOT_FOUND', { detail: `You have no order ${wanted.orderId}.` });
  };

  return [
    defineRoute({
      method: 'get',
      path: '/orders/{orderId}/tickets',
      operationId: 'listTickets',
      tag: 'tickets',
      summary: 'List the tickets of one of your orders',
      description:
        'One for each place that was paid; a refunded place has a revoked ticket. An order that is not paid has none.',
      access: 'user',
      params: orderParams,
      response: {
        status: 200,
        schema: z.object({ items: z.array(ticket) }),
        description: 'The tickets, in the order of the bookings.',
      },
      problems: ['ORDER_NOT_FOUND'],
      async handle({ caller: { subject }, params: { orderId } }) {
        const tickets = await demandTickets({ subject, orderId });
        return respondJson({ items: tickets.map((row) => toTicket(ticketCodes, row)) });
      },
    }),
    defineRoute({
      method: 'get',
      path: '/orders/{orderId}/calendar.ics',
      operationId: 'getCalendarEntry',
      tag: 'tickets',
      summary: 'Get the performance of a paid order as a calendar file (RFC 5545)',
      access: 'user',
      params: orderParams,
      response: {
        status: 200,
        type: 'text/calendar',
        schema: z.string(),
        description: 'One event, with the places in its description.',
      },
      problems: ['ORDER_NOT_FOUND', 'TICKET_NOT_FOUND'],
      async handle({ caller: { subject }, params: { orderId } }) {
        const tickets = await demandTickets({ subject, orderId });
        const entry = entryOf(tickets);
        if (!entry) {
          const detail = `Order ${orderId} has no ticket that is valid.`;
          throw new Problem('TICKET_NOT_FOUND', { detail });
        }
        return respondText(toCalendar(entry), 'text/calendar; charset=utf-8', {
          'Content-Disposition': `attachment; filename="order-${orderId}.ics"`,
        });
      },
    }),
    defineRoute({
      method: 'get',
      path: '/tickets/{ticketId}/qr.svg',
      operationId: 'getTicketQr',
      tag: 'tickets',
      summary: 'Get the code of a ticket as a QR code',
      description: 'For the user who has the ticket, and for operators. A revoked ticket has none.',
      access: 'user',
      params: z.object({ ticketId: pathId }),
      isConditional: true,
      response: {
        status: 200,
        type: 'image/svg+xml',
        schema: z.string(),
        description: 'The QR code, with its margin.',
      },
      problems: ['TICKET_NOT_FOUND'],
      async handle({ c, caller, params: { ticketId } }) {
        const subject = caller.isAdmin ? undefined : caller.subject;
        const found = await findTicket(orm, { ticketId, subject });
        if (!found) {
          const detail = `You have no ticket ${ticketId}, or it is revoked.`;
          throw new Problem('TICKET_NOT_FOUND', { detail });
        }
        const code = codeOf(ticketCodes, found);
        const etag = etagOf(code);
        const unchanged = notModified(c, etag);
        if (unchanged) return unchanged;
        return respondText(await qrCodes.svgOf(code), 'image/svg+xml', cacheHeaders(etag));
      },
    }),
  ];
}

/** The performance with the places that were not refunded; undefined if there is none. */
function entryOf(tickets: readonly TicketRow[]): CalendarEntry | undefined {
  const live = tickets.filter(({ state }) => state !== 'revoked');
  const [first] = live;
  if (!first) return undefined;
  const { orderId, concertTitle: title, venue, startAt, endAt, paidAt } = first;
  const places = live.map((each) => namesOf(each).join(' '));
  // ISO 8601 in UTC sorts by time.
  const changes = [paidAt, ...tickets.flatMap(({ refundedAt }) => refundedAt ?? [])].toSorted();
  const revisedAt = changes.at(-1) ?? paidAt;
  return { orderId, title, venue, startAt, endAt, paidAt, revisedAt, places };
}
