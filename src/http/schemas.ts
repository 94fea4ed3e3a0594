/** The shapes of problems and jobs, as they are documented and answered. */
import { z } from 'zod';

/**
 * A schema or null. `.nullable()` would be documented as `allOf` of the schema and "an object or null", which null never
 * fulfils where the schema is referred to by name.
 */
export function orNull<Schema extends z.ZodType>(schema: Schema) {
  return z.union([schema, z.null()]);
}

export const problemSchema = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .max(10)
      .optional()
      .meta({ description: 'The first ten things that are wrong.' }),
    jobId: z.string().optional(),
    seatId: z.int().optional(),
  })
  .meta({
    id: 'Problem',
    description: 'RFC 9457 problem details with a code. Codes may add fields of their own.',
    example: {
      type: 'urn:seatlane:problem:seat-already-held',
      title: 'The seat is held',
      status: 409,
      code: 'SEAT_ALREADY_HELD',
      detail: 'Seat 187 is held by somebody.',
      seatId: 187,
      jobId: 'seat-6_pKmrXiqSoU-j96g4snAdQg',
    },
  });

const jobFields = {
  id: z.string(),
  command: z.string(),
  state: z.enum(['queued', 'running', 'succeeded', 'rejected', 'failed']),
  result: z.record(z.string(), z.unknown()).nullable(),
  problem: orNull(problemSchema),
  createdAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
};

export const jobSchema = z.object(jobFields).meta({
  id: 'Job',
  description: 'A command and what has come of it.',
  example: {
    ...{ id: 'user-5_mdUvTNKKkDc6QsEim0pwhw', command: 'charge-points', state: 'succeeded' },
    ...{ result: { balance: 12_000 }, problem: null },
    createdAt: '2026-11-21T02:20:08.351Z',
    finishedAt: '2026-11-21T02:20:08.359Z',
  },
});

/** The job of a command that has succeeded. @param result what the command gives */
export function succeededJob(result: z.ZodType) {
  return z.object({ ...jobFields, state: z.literal('succeeded'), result, problem: z.null() });
}
