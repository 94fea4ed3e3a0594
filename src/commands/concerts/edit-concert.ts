/** Changes what a concert says about itself. For operators. */
import { z } from 'zod';
import { defineCommand } from '../command.ts';
import { concert, id } from '../schemas/resources.ts';
import { line, text } from '../schemas/text.ts';
import { byConcert, timeZone, venue } from './fields.ts';

const fields = {
  title: line(200).optional(),
  description: text(10_000).nullish(),
  venue: venue.nullish(),
  timeZone: timeZone.optional(),
};

/** The body of the request; the path names the concert. A missing field stays as it is. */
export const concertChange = z.strictObject(fields);

export const editConcert = defineCommand({
  name: 'edit-concert',
  input: z.strictObject({ concertId: id, ...fields }),
  result: concert,
  laneKey: byConcert,
});

export type EditConcert = z.infer<typeof editConcert.input>;
