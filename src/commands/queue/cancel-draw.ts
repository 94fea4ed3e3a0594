/** Cancels an announced draw. For operators. */
import { z } from 'zod';
import { byUser, defineCommand } from '../command.ts';
import { id } from '../schemas/resources.ts';
import { drawOutcome } from './announce-draw.ts';

export const cancelDraw = defineCommand({
  name: 'cancel-draw',
  input: z.strictObject({ concertId: id }),
  result: drawOutcome,
  laneKey: byUser,
});
