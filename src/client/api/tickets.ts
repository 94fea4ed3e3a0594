/** The types of tickets and of what becomes of them at the entrance; a test keeps them equal to the API's schemas. */

/** The place of a ticket. */
export interface TicketPlace {
  /** null for a place of an area, as are the next two. */
  section: string | null;
  row: string | null;
  seatNumber: number | null;
  /** null for a seat, as is the next one. */
  areaId: number | null;
  areaName: string | null;
}

export interface Ticket extends TicketPlace {
  /** The id of its booking. */
  id: number;
  orderId: number;
  bookingId: number;
  scheduleId: number;
  concertTitle: string;
  /** When the performance starts. */
  startAt: string;
  /** Of the venue, a name of the IANA database. */
  timeZone: string;
  venue: string | null;
  state: 'valid' | 'used' | 'revoked';
  /** What its QR code contains: a compact JWS, which a gate can verify offline with the published keys. */
  code: string;
}

/** A ticket that a gate has let in. */
export interface CheckIn {
  ticketId: number;
  /** When the scan was accepted. */
  at: string;
  gate: string;
  /** When a gate without a network has let the holder in, by its own clock. */
  scannedAt?: string | undefined;
  seat: TicketPlace;
}

/** How many places of a performance are paid, and how many tickets were used. */
export interface Entered {
  sold: number;
  entered: number;
}
