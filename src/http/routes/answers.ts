/** Answers that many routes share, as they are documented. */
import { z } from 'zod';
import { jobSchema } from '../schemas.ts';

/** What every command answers when its outcome has not come within the wait. */
export const accepted = {
  status: 202,
  schema: jobSchema,
  description: 'Accepted: poll the job at `Location` after `Retry-After` seconds.',
} as const;

/** A page of a list. */
export function pageOf(item: z.ZodType) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}
