/**
 * Lets the holder of a ticket in. Keyed by ticket, so that one lane orders all scans of it. The route has verified the code and
 * passes on the ticket that it names, so that no code is stored in Redis.
 */
import { z } from 'zod';
import { defineCommand } from '../command.ts';
import { id } from '../schemas/resources.ts';
import { line } from '../schemas/text.ts';

/** The name of a gate. */
export const gate = line(60);

export const checkIn = defineCommand({
  name: 'check-in',
  input: z.strictObject({ ticketId: id, scheduleId: id, gate }),
  laneKey: ({ ticketId }) => ({ kind: 'seat', key: `ticket:${ticketId}` }),
});

export type CheckIn = z.infer<typeof checkIn.input>;
