/** The JSON shape of tickets and of what becomes of them at the entrance. */
import { z } from 'zod';
import { id, time } from './values.ts';

/** The fields of a place. */
export const place = {
  section: z.string().nullable(),
  row: z.string().nullable(),
  seatNumber: z.int().nullable(),
  areaId: id.nullable().meta({ description: 'null for a seat; then `areaName` is null too.' }),
  areaName: z.string().nullable(),
};

export const placeExample = {
  section: 'Stalls',
  row: 'G',
  seatNumber: 7,
  areaId: null,
  areaName: null,
};

export const TICKET_STATES = ['valid', 'used', 'revoked'] as const;

export const ticket = z
  .object({
    id: id.meta({ description: 'The id of its booking.' }),
    orderId: id,
    bookingId: id,
    scheduleId: id,
    concertTitle: z.string(),
    startAt: time.meta({ description: 'When the performance starts.' }),
    timeZone: z.string().meta({ description: 'Of the venue, a name of the IANA database.' }),
    venue: z.string().nullable(),
    ...place,
    state: z.enum(TICKET_STATES),
    code: z.string().max(250).meta({
      description:
        'What its QR code contains: a compact JWS (EdDSA), with a key that is published. A gate can verify it offline.',
    }),
  })
  .meta({
    id: 'Ticket',
    example: {
      id: 1,
      orderId: 1,
      bookingId: 1,
      scheduleId: 1,
      concertTitle: 'The Winter Gala',
      startAt: '2026-12-20T19:00:00.000Z',
      timeZone: 'Europe/Berlin',
      venue: 'Town Hall',
      ...placeExample,
      state: 'valid',
      code: 'eyJhbGciOiJFZERTQSIsImtpZCI6IjNfaFE4dlpLIn0.eyJ0IjoxLCJzIjoxLCJwIjoiU3RhbGxzIEcgNyJ9.c2lnbmF0dXJl',
    },
  });

export const entry = z
  .object({
    ticketId: id,
    at: time.meta({ description: 'When the scan was accepted.' }),
    gate: z.string(),
    scannedAt: time.optional().meta({
      description: 'When a gate without a network has let the holder in, by its own clock.',
    }),
    seat: z.object(place).meta({ description: 'The place of the ticket.' }),
  })
  .meta({
    id: 'CheckIn',
    example: {
      ticketId: 1,
      at: '2026-12-20T18:12:40.061Z',
      gate: 'North 2',
      seat: placeExample,
    },
  });

export const entered = z
  .object({
    sold: z.int().min(0).meta({ description: 'Paid places, without refunded ones.' }),
    entered: z.int().min(0).meta({ description: 'Tickets that were used.' }),
  })
  .meta({ id: 'Entered', example: { sold: 590, entered: 412 } });

export type Ticket = z.infer<typeof ticket>;
export type TicketEntry = z.infer<typeof entry>;
export type Entered = z.infer<typeof entered>;
