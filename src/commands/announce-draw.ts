/** Operators announce that the order of those who wait before a sale will be drawn. */
import { z } from 'zod';
import { byUser, defineCommand } from './command.ts';
import { givenTime, id } from './resources.ts';

const time = givenTime.meta({ type: 'string', format: 'date-time' });

const fields = {
  gathersAt: time.meta({ description: 'From then on nobody is admitted: who enters, gathers.' }),
  opensAt: time.meta({ description: 'Then the order of all who wait is drawn.' }),
};

const isForward = (draw: { gathersAt: string; opensAt: string }) =>
  !(Date.parse(draw.gathersAt) > Date.parse(draw.opensAt));
const mustBeForward = { path: ['opensAt'], error: 'must not be before `gathersAt`' };

export const drawBody = z.strictObject(fields).refine(isForward, mustBeForward);

export const announceDraw = defineCommand({
  name: 'announce-draw',
  input: z.strictObject({ concertId: id, ...fields }).refine(isForward, mustBeForward),
  laneKey: byUser,
});

export type AnnounceDraw = z.infer<typeof announceDraw.input>;
