/** Response definitions that many routes share. */
import { z } from 'zod';
import { jobSchema } from '../schemas.ts';

/** The response to a command whose outcome has not arrived within the wait. */
export const accepted = {
  status: 202,
  schema: jobSchema,
  description: 'The command was accepted. Poll its job at `Location` after `Retry-After` seconds.',
} as const;

/** The schema of a page of a list. */
export function pageOf(item: z.ZodType) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}
