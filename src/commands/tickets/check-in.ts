/**
 * Lets the holder of a ticket in. Keyed by ticket, so that one lane orders all scans of it. The route has verified the code and
 * passes on the ticket that it names, so that no code is stored in Redis.
 */
import { z } from 'zod';
import { defineCommand } from '../command.ts';
import { id } from '../schemas/resources.ts';
import { line } from '../schemas/text.ts';
import { entry } from '../schemas/tickets.ts';
import { givenTime } from '../schemas/values.ts';

/** The name of a gate. */
export const gate = line(60);

/**
 * When a gate without a network has let the holder in, by the clock of its phone. It is stored and shown; nothing is decided by it,
 * because such a clock may be wrong, and a scan that has happened must not be lost for it.
 */
export const scannedAt = givenTime.optional();

export const checkIn = defineCommand({
  name: 'check-in',
  input: z.strictObject({ ticketId: id, scheduleId: id, gate, scannedAt }),
  result: entry,
  laneKey: ({ ticketId }) => ({ kind: 'seat', key: `ticket:${ticketId}` }),
});

export type CheckIn = z.infer<typeof checkIn.input>;
