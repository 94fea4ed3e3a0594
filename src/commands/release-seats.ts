/** Puts blocked seats back on sale. For operators. */
import { z } from 'zod';
import { blockableSeatIds } from './block-seats.ts';
import { byUser, defineCommand } from './command.ts';

export const releaseSeats = defineCommand({
  name: 'release-seats',
  input: z.strictObject({ seatIds: blockableSeatIds }),
  laneKey: byUser,
});

export type ReleaseSeats = z.infer<typeof releaseSeats.input>;
