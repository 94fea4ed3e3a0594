/** The JSON shape of what a schedule sells: its seats and its areas. */
import { z } from 'zod';
import { areaExample, seatExample } from './resource-examples.ts';
import { id, points } from './values.ts';

/** A seat of kind 0 has none of these; kind 1 is the first. */
export const SEAT_KINDS = ['accessible', 'companion'] as const;
export const SEAT_STATES = ['available', 'held', 'sold'] as const;

export const seat = z
  .object({
    id,
    section: z.string().nullable(),
    row: z.string().nullable(),
    number: z.int(),
    price: points,
    state: z.enum(SEAT_STATES),
    category: z.int().min(0).optional().meta({
      description:
        'The index of its category in `categories` of its schedule; absent if it has none.',
    }),
    kind: z.enum(SEAT_KINDS).optional().meta({
      description: 'For somebody in a wheelchair, or for who comes along. Absent for most seats.',
    }),
    isBlocked: z.literal(true).optional().meta({
      description: 'Present if operators have blocked the seat. Its state is `held`.',
    }),
    blockedReason: z.string().nullish().meta({ description: 'Present in responses to operators.' }),
  })
  .meta({
    id: 'Seat',
    example: seatExample,
  });

export const area = z
  .object({
    id,
    name: z.string(),
    price: points,
    capacity: z.int().min(1),
    available: z.int().min(0),
    held: z.int().min(0),
    sold: z.int().min(0),
  })
  .meta({
    id: 'Area',
    example: areaExample,
  });
