/** Cancels an announced draw. For operators. */
import { z } from 'zod';
import { byUser, defineCommand } from '../command.ts';
import { id } from '../schemas/resources.ts';

export const cancelDraw = defineCommand({
  name: 'cancel-draw',
  input: z.strictObject({ concertId: id }),
  laneKey: byUser,
});

export type CancelDraw = z.infer<typeof cancelDraw.input>;
