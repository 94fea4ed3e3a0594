/** Operators take free seats off the sale, or put them back. */
import { z } from 'zod';
import { byUser, defineCommand } from './command.ts';
import { id } from './resources.ts';
import { line } from './text.ts';

export const SEATS_BLOCKED_MAX = 1000;

const seatIds = z
  .array(id)
  .min(1)
  .max(SEATS_BLOCKED_MAX)
  .refine((ids) => new Set(ids).size === ids.length, 'must not name a seat twice');

export const blockSeats = defineCommand({
  name: 'block-seats',
  input: z.strictObject({ seatIds, reason: line(200) }),
  laneKey: byUser,
});

export const releaseSeats = defineCommand({
  name: 'release-seats',
  input: z.strictObject({ seatIds }),
  laneKey: byUser,
});

export type BlockSeats = z.infer<typeof blockSeats.input>;
export type ReleaseSeats = z.infer<typeof releaseSeats.input>;
