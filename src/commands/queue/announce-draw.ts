/** Announces a draw, which decides the order of the users who enter the queue before a sale. For operators. */
import { z } from 'zod';
import { byUser, defineCommand } from '../command.ts';
import { givenTime, id } from '../schemas/resources.ts';

const time = givenTime.meta({ type: 'string', format: 'date-time' });

const fields = {
  gathersAt: time.meta({
    description: 'From then on users enter the queue, and nobody is admitted.',
  }),
  opensAt: time.meta({ description: 'When the order is drawn and admission starts.' }),
};

const isInOrder = (draw: { gathersAt: string; opensAt: string }) =>
  !(Date.parse(draw.gathersAt) > Date.parse(draw.opensAt));
const mustBeInOrder = { path: ['opensAt'], error: 'must not be before `gathersAt`' };

/** The body of the request; the path names the concert. */
export const drawBody = z.strictObject(fields).refine(isInOrder, mustBeInOrder);

export const announceDraw = defineCommand({
  name: 'announce-draw',
  input: z.strictObject({ concertId: id, ...fields }).refine(isInOrder, mustBeInOrder),
  laneKey: byUser,
});

export type AnnounceDraw = z.infer<typeof announceDraw.input>;
