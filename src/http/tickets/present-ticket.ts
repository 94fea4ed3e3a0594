/** Presents tickets: with their codes, and their places as text. */
import type { Ticket } from '../../commands/schemas/tickets.ts';
import type { TicketRow } from '../../db/reads/tickets/tickets.ts';
import type { TicketCodes } from './ticket-codes.ts';

type Place = Pick<Ticket, 'section' | 'row' | 'seatNumber' | 'areaName'>;

/** The names of a place, from the whole to the part. */
export function namesOf({ section, row, seatNumber, areaName }: Place): string[] {
  if (areaName !== null) return [areaName];
  return [section, row, String(seatNumber)].filter((name) => name !== null);
}

export function codeOf(codes: TicketCodes, ticket: TicketRow): string {
  const { id: ticketId, scheduleId } = ticket;
  return codes.issue({ ticketId, scheduleId, place: namesOf(ticket) });
}

export function toTicket(codes: TicketCodes, row: TicketRow): Ticket {
  const { endAt: _, paidAt: __, refundedAt: ___, ...ticket } = row;
  return { ...ticket, code: codeOf(codes, row) };
}
