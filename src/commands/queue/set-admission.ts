/** Pauses, resumes or changes admission at run time. For operators. */
import { z } from 'zod';
import { byUser, defineCommand } from '../command.ts';

const override = (max: number) => z.int().min(1).max(max).nullable().optional();

export const setAdmission = defineCommand({
  name: 'set-admission',
  input: z
    .strictObject({
      isPaused: z.boolean().optional(),
      admitLimit: override(1_000_000),
      admitWindowSeconds: override(3600),
      maxActive: override(10_000_000),
    })
    .meta({
      description:
        'A missing field leaves its value unchanged; null restores the configured value.',
    }),
  laneKey: byUser,
});

export type SetAdmission = z.infer<typeof setAdmission.input>;
