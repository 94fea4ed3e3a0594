/** The JSON shape of halls, and of what a schedule keeps of its hall. Plans are in hall-plan.ts. */
import { z } from 'zod';
import { id, points, time } from './values.ts';

/** Of the seats of one plan, and of one schedule. */
export const HALL_SEATS_MAX = 50_000;

/** Versions count from 1. */
export const HALL_VERSION_MAX = 2_147_483_647;
export const hallVersionNumber = z.int().min(1).max(HALL_VERSION_MAX);

export const hallReference = z.object({ hallId: id, version: hallVersionNumber });

/** A colour as six hexadecimal digits in lower case. */
export const colour = z.string().regex(/^#[0-9a-f]{6}$/, 'must be `#rrggbb` in lower case');

export const pricedCategory = z.object({
  name: z.string(),
  colour: colour.nullable(),
  price: points,
});

export type PricedCategory = z.infer<typeof pricedCategory>;

const seatCount = z.int().min(0).max(HALL_SEATS_MAX).meta({
  description: 'Its seats, without the places of areas.',
});

export const hall = z
  .object({
    id,
    name: z.string(),
    version: hallVersionNumber.meta({ description: 'The newest version.' }),
    seatCount,
    createdAt: time,
  })
  .meta({
    id: 'Hall',
    example: {
      id: 3,
      name: 'Opera House',
      version: 2,
      seatCount: 1800,
      createdAt: '2026-11-20T09:00:00.000Z',
    },
  });

export type HallResource = z.infer<typeof hall>;
