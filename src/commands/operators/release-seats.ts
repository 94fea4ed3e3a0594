/** Puts blocked seats back on sale. For operators. */
import { z } from 'zod';
import { byUser, defineCommand } from '../command.ts';
import { blockableSeatIds } from './block-seats.ts';

export const releaseSeats = defineCommand({
  name: 'release-seats',
  input: z.strictObject({ seatIds: blockableSeatIds }),
  laneKey: byUser,
});

export type ReleaseSeats = z.infer<typeof releaseSeats.input>;
