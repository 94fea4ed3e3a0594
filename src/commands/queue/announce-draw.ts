/** Announces a draw, which decides the order of the users who enter the queue before a sale. For operators. */
import { z } from 'zod';
import { byUser, defineCommand } from '../command.ts';
import { givenTime, id } from '../schemas/resources.ts';

const time = givenTime.meta({ type: 'string', format: 'date-time' });

const fields = {
  gathersAt: time.meta({
    description:
      'From then on no user is admitted, and users who enter the queue take part. Users who entered before stay ahead of them.',
  }),
  opensAt: time.meta({
    description:
      'When the order is drawn and admission starts; at most 30 days ahead, and at least ten minutes if `gathersAt` is over or if this is moved. Users whose request to enter is accepted before take part.',
  }),
};

const isInOrder = (draw: { gathersAt: string; opensAt: string }) =>
  !(Date.parse(draw.gathersAt) >= Date.parse(draw.opensAt));
const mustBeInOrder = { path: ['opensAt'], error: 'must be after `gathersAt`' };

/** The body of the request; the path names the concert. */
export const drawBody = z.strictObject(fields).refine(isInOrder, mustBeInOrder);

export const announceDraw = defineCommand({
  name: 'announce-draw',
  input: z.strictObject({ concertId: id, ...fields }).refine(isInOrder, mustBeInOrder),
  laneKey: byUser,
});

export type AnnounceDraw = z.infer<typeof announceDraw.input>;
