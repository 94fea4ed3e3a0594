/** The JSON shape of concerts and their performances. */
import { z } from 'zod';
import { concertExample, scheduleExample } from './resource-examples.ts';
import { id, queueId, time } from './values.ts';

export const concert = z
  .object({
    id,
    title: z.string(),
    description: z.string().nullable(),
    createdAt: time,
    queueId: queueId.meta({ description: 'The waiting queue that admits to it.' }),
  })
  .meta({ id: 'Concert', example: concertExample });

export const schedule = z
  .object({
    id,
    concertId: id,
    bookingStartAt: time,
    bookingEndAt: time,
    startAt: time,
    endAt: time,
    seatCount: z.int().min(0),
    state: z.enum(['scheduled', 'cancelled']).optional().meta({
      description:
        'Operators have cancelled the performance, or it takes place. Absent in outcomes of version 0.2.0 and older.',
    }),
    availableCount: z.int().min(0).optional(),
    saleState: z
      .enum(['upcoming', 'open', 'ended'])
      .optional()
      .meta({ description: 'Present in lists.' }),
  })
  .meta({ id: 'Schedule', example: scheduleExample });
