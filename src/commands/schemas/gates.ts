/** The JSON shape of gates, and of the scans that were refused too late. */
import { z } from 'zod';
import { place, placeExample } from './tickets.ts';
import { id, time } from './values.ts';

/** What a receipt keeps of a gate that was opened. */
export const openedGate = z.object({ scheduleId: id, gate: z.string() });

/** The gate with the token that is issued when the outcome is read. */
export const gateSession = z
  .object({
    ...openedGate.shape,
    accessToken: z.string().nullable().meta({
      description:
        'With the role `gate`, for this performance alone. null if an identity provider issues the access tokens by now.',
    }),
    tokenType: z.literal('Bearer').optional(),
    expiresIn: z.int().optional().meta({ description: 'In seconds.' }),
  })
  .meta({
    id: 'GateSession',
    example: {
      scheduleId: 1,
      gate: 'North 2',
      accessToken: 'eyJhbGci…',
      tokenType: 'Bearer',
      expiresIn: 43_200,
    },
  });

export const refusedScan = z
  .object({
    id,
    ticketId: id,
    orderId: id.nullable().meta({ description: 'The order of the ticket; null if it is gone.' }),
    gate: z.string().meta({ description: 'The gate that let the holder in.' }),
    subject: z.string().meta({ description: 'Who scanned the ticket.' }),
    reason: z.string().meta({ description: 'The code with which the scan was refused.' }),
    usedAt: time.nullable().meta({ description: 'When the ticket was used before.' }),
    usedGate: z.string().nullable().meta({ description: 'The gate at which it was used before.' }),
    scannedAt: time.meta({
      description: 'When the gate let the holder in, by the clock of its phone.',
    }),
    at: time.meta({ description: 'When the API accepted the scan.' }),
    seat: z.object(place).meta({ description: 'The place of the ticket; all null if it is gone.' }),
  })
  .meta({
    id: 'RefusedScan',
    example: {
      id: 1,
      ticketId: 7,
      orderId: 3,
      gate: 'North 2',
      subject: 'gate:1:North 2',
      reason: 'TICKET_ALREADY_USED',
      usedAt: '2026-12-20T18:10:02.120Z',
      usedGate: 'South 1',
      scannedAt: '2026-12-20T18:12:40.061Z',
      at: '2026-12-20T18:31:07.480Z',
      seat: placeExample,
    },
  });

export type OpenedGate = z.infer<typeof openedGate>;
export type RefusedScan = z.infer<typeof refusedScan>;
