/** The schemas of problems and jobs, for the OpenAPI document and the responses. */
import { z } from 'zod';
import { ENDS_OF_WAITING } from '../commands/schemas/values.ts';

/**
 * A schema or null. The generator documents `.nullable()` of a named schema as `allOf` of that schema and "object or
 * null", which null never satisfies.
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
      .meta({ description: 'The first ten validation errors.' }),
    jobId: z.string().optional(),
    concertId: z.int().optional(),
    queueId: z.int().optional(),
    seatId: z.int().optional(),
    areaId: z.int().optional(),
    available: z.int().optional().meta({ description: 'The free places of the area.' }),
    orderId: z.int().optional().meta({ description: 'The order to pay instead of the booking.' }),
    checkoutId: z.int().optional().meta({ description: 'The checkout whose page is open.' }),
    retryAfterSeconds: z.int().optional().meta({ description: 'When to try again.' }),
    ticketId: z.int().optional(),
    scheduleId: z.int().optional().meta({ description: 'The schedule of the ticket.' }),
    at: z.iso.datetime().optional().meta({ description: 'When the ticket was used.' }),
    gate: z.string().optional().meta({ description: 'The gate at which the ticket was used.' }),
    missing: z.int().optional().meta({ description: 'The points that are missing to pay.' }),
    endReason: z
      .enum(ENDS_OF_WAITING)
      .optional()
      .meta({ description: 'Why the system last ended the waiting of the user in the queue.' }),
    endedAt: z.iso.datetime().optional().meta({ description: 'When that was.' }),
  })
  .meta({
    id: 'Problem',
    description: 'RFC 9457 problem details with a `code`. Some codes add further fields.',
    example: {
      type: 'urn:seatlane:problem:seat-already-held',
      title: 'Seat already held',
      status: 409,
      code: 'SEAT_ALREADY_HELD',
      detail: 'Seat 187 is already held.',
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
  description: 'A command with its state and, once finished, its result or problem.',
  example: {
    id: 'user-5_mdUvTNKKkDc6QsEim0pwhw',
    command: 'charge-points',
    state: 'succeeded',
    result: { balance: 12_000 },
    problem: null,
    createdAt: '2026-11-21T02:20:08.351Z',
    finishedAt: '2026-11-21T02:20:08.359Z',
  },
});

/** The schema of a succeeded command's job. @param result the schema of the command's result */
export function succeededJob(result: z.ZodType) {
  return z.object({ ...jobFields, state: z.literal('succeeded'), result, problem: z.null() });
}
