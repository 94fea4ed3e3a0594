/** The response that lists share. */
import { z } from 'zod';

/** The schema of a page of a list. */
export function pageOf(item: z.ZodType) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}
