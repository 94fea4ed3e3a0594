/** Puts blocked seats back on sale. For operators. */
import { z } from 'zod';
import { byUser, defineCommand } from '../command.ts';
import { blockableSeatIds, blockedSeats } from './block-seats.ts';

export const releaseSeats = defineCommand({
  name: 'release-seats',
  input: z.strictObject({ seatIds: blockableSeatIds }),
  result: blockedSeats,
  laneKey: byUser,
});
