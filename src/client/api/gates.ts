/** The types of gates and of scans that were refused too late; a test keeps them equal to the API's schemas. */
import type { TicketPlace } from './tickets.ts';

/** An entrance of a performance, such as "North 2". */
export interface NewGate {
  scheduleId: number;
  /** 1 to 60 characters. */
  gate: string;
}

/** An open gate, with the access token for its phone. */
export interface GateSession extends NewGate {
  /** With the role `gate`, for this performance alone. null if an identity provider issues the access tokens by now. */
  accessToken: string | null;
  tokenType?: 'Bearer' | undefined;
  /** In seconds. */
  expiresIn?: number | undefined;
}

/** A scan that was refused after a gate without a network had let the holder of the ticket in. */
export interface RefusedScan {
  id: number;
  ticketId: number;
  /** null if the order is gone. */
  orderId: number | null;
  /** The gate that let the holder in. */
  gate: string;
  /** Who scanned the ticket. */
  subject: string;
  /** The code of the refusal. */
  reason: string;
  /** When the ticket was used before, and at which gate; null for other reasons. */
  usedAt: string | null;
  usedGate: string | null;
  /** When the gate let the holder in, by the clock of its phone. */
  scannedAt: string;
  /** When the API accepted the scan. */
  at: string;
  /** The place of the ticket; all null if it is gone. */
  seat: TicketPlace;
}
