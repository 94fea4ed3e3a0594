/** Pauses, resumes or changes the admission of a queue at run time, of the house queue by default. For operators. */
import { z } from 'zod';
import { byUser, defineCommand } from '../command.ts';
import { queueId } from '../schemas/values.ts';

/** The limits of an admission; null stands for the configured value. */
export const admissionLimits = {
  admitLimit: z.int().min(1).max(1_000_000).nullable().optional(),
  admitWindowSeconds: z.int().min(1).max(3600).nullable().optional(),
  maxActive: z.int().min(1).max(10_000_000).nullable().optional(),
};

const fields = { isPaused: z.boolean().optional(), ...admissionLimits };
const description =
  'A missing field leaves its value unchanged; null restores the configured value.';

/** The body of the request; the path names the queue. */
export const admissionBody = z.strictObject(fields).meta({ description });

const whole = z.int().min(0);

/** What operators have set for a queue; null where the configured value applies. */
const admissionOverrides = z.object({
  queueId: whole,
  isPaused: z.boolean(),
  admitLimit: whole.nullable(),
  admitWindowSeconds: z.number().nullable(),
  maxActive: whole.nullable(),
});

export type AdmissionOverrides = z.infer<typeof admissionOverrides>;

export const setAdmission = defineCommand({
  name: 'set-admission',
  input: z.strictObject({ ...fields, queueId: queueId.optional() }),
  result: admissionOverrides,
  newerFields: ['queueId'],
  laneKey: byUser,
});

export type SetAdmission = z.infer<typeof setAdmission.input>;
