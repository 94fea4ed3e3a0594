/** The JSON shape of what a schedule sells: its seats and its areas. */
import { z } from 'zod';
import { areaExample, seatExample } from './resource-examples.ts';
import { id, points } from './values.ts';

export const SEAT_STATES = ['available', 'held', 'sold'] as const;

export const seat = z
  .object({
    id,
    section: z.string().nullable(),
    row: z.string().nullable(),
    number: z.int(),
    price: points,
    state: z.enum(SEAT_STATES),
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
