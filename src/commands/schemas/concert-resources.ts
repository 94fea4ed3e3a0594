/** The JSON shape of concerts and their performances. */
import { z } from 'zod';
import { hallReference, pricedCategory } from './hall-resources.ts';
import { concertExample, scheduleExample } from './resource-examples.ts';
import { id, points, queueId, time } from './values.ts';

export const concert = z
  .object({
    id,
    title: z.string(),
    description: z.string().nullable(),
    createdAt: time,
    queueId: queueId.meta({ description: 'The waiting queue that admits to it.' }),
    venue: z.string().nullable().optional().meta({
      description:
        'Where it takes place. Absent in outcomes of version 0.2.0 and older, as the next three.',
    }),
    timeZone: z
      .string()
      .optional()
      .meta({ description: 'The venue’s time zone, by its IANA name.' }),
    image: z.string().nullable().optional().meta({ description: 'The path of its picture.' }),
    state: z.enum(['open', 'closed']).optional().meta({
      description: '`closed`: operators accept no new orders.',
    }),
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
    state: z.enum(['scheduled', 'closed', 'cancelled']).optional().meta({
      description:
        'Operators have cancelled the performance, or it takes place; `closed`: it does, and operators accept no new orders for it. Its concert can be closed too. Absent in outcomes of version 0.2.0 and older.',
    }),
    prices: z
      .object({ from: points, to: points })
      .nullable()
      .optional()
      .meta({ description: 'The lowest and the highest price of its places, in points.' }),
    availableCount: z.int().min(0).optional(),
    saleState: z
      .enum(['upcoming', 'open', 'ended'])
      .optional()
      .meta({ description: 'Present in lists.' }),
    hall: hallReference.nullish().meta({
      description:
        'The version of the hall of which it was made; null or absent if its seats were given as ranges.',
    }),
    categories: z.array(pricedCategory).nullish().meta({
      description: 'The categories of the hall with their prices, in the order of the plan.',
    }),
    accessibleUntil: time.nullish().meta({
      description: 'Until when accessible seats are reserved; null: until the end of the sale.',
    }),
  })
  .meta({ id: 'Schedule', example: scheduleExample });
