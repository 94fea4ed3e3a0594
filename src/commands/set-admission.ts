/** Operators pause, resume and change the admission while it runs. */
import { z } from 'zod';
import { byUser, defineCommand } from './command.ts';

const setting = (max: number) => z.int().min(1).max(max).nullable().optional();

export const setAdmission = defineCommand({
  name: 'set-admission',
  input: z
    .strictObject({
      isPaused: z.boolean().optional(),
      admitLimit: setting(1_000_000),
      admitWindowSeconds: setting(3600),
      maxActive: setting(10_000_000),
    })
    .meta({ description: 'What is left out stays; null goes back to the configured value.' }),
  laneKey: byUser,
});

export type SetAdmission = z.infer<typeof setAdmission.input>;
