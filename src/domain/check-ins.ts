/** The use of a ticket, and what it rules out. */
import { type Refusal, refuse } from './reasons.ts';

/** That the holder of a ticket has entered. */
export interface CheckIn {
  /** The ticket, which has the id of its booking. */
  bookingId: number;
  /** When the scan was accepted. */
  at: Date;
  /** The name of the gate. */
  gate: string;
}

/** The refusal of what a ticket no longer permits once its holder has entered: to enter again, or to be refunded by its user. */
export function refuseUsed({ bookingId, at, gate }: CheckIn): { refusal: Refusal } {
  const time = at.toISOString();
  const detail = `Ticket ${bookingId} was used at ${time}, at the gate ${gate}.`;
  return refuse('TICKET_ALREADY_USED', detail, { ticketId: bookingId, at: time, gate });
}
