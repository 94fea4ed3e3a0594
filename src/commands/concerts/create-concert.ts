/** Creates a concert. For operators. */
import { z } from 'zod';
import { byUser, defineCommand } from '../command.ts';
import { timeZone, venue } from '../concerts/fields.ts';
import { concert } from '../schemas/resources.ts';
import { line, optionalText } from '../schemas/text.ts';

export const createConcert = defineCommand({
  name: 'create-concert',
  input: z.strictObject({
    title: line(200),
    description: optionalText(10_000),
    venue: venue.nullish(),
    timeZone: timeZone.optional(),
  }),
  result: concert,
  newerFields: ['queueId'],
  laneKey: byUser,
});

export type CreateConcert = z.infer<typeof createConcert.input>;
