/** Moves an announced draw to other times. For operators. */
import type { z } from 'zod';
import { byUser, defineCommand } from '../command.ts';
import { announceDraw } from './announce-draw.ts';

export const moveDraw = defineCommand({
  name: 'move-draw',
  input: announceDraw.input,
  laneKey: byUser,
});

export type MoveDraw = z.infer<typeof moveDraw.input>;
