/** Moves an announced draw to other times. For operators. */
import { byUser, defineCommand } from '../command.ts';
import { announceDraw, drawOutcome } from './announce-draw.ts';

export const moveDraw = defineCommand({
  name: 'move-draw',
  input: announceDraw.input,
  result: drawOutcome,
  laneKey: byUser,
});
