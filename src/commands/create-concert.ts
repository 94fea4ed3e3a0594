/** Operators announce a concert. */
import { z } from 'zod';
import { byUser, defineCommand } from './command.ts';

export const createConcert = defineCommand({
  name: 'create-concert',
  input: z.strictObject({
    title: z.string().trim().min(1).max(200),
    description: z
      .string()
      .max(10_000)
      .nullish()
      .transform((text) => text ?? null),
  }),
  laneKey: byUser,
});

export type CreateConcert = z.infer<typeof createConcert.input>;
