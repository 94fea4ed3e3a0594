/** Announces a draw, which decides the order of the users who enter the queue before a sale. For operators. */
import { z } from 'zod';
import { byUser, defineCommand } from '../command.ts';
import { givenTime, id } from '../schemas/resources.ts';
import { time as shownTime } from '../schemas/values.ts';

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

/** What operators learn of a draw that they announce, move or cancel. The seed stays secret until the draw is held. */
export const drawOutcome = z.object({
  drawId: id,
  concertId: id,
  queueId: id,
  seedHash: z.string(),
  gathersAt: shownTime,
  opensAt: shownTime,
  cancelledAt: shownTime.nullable(),
});

export type DrawOutcome = z.infer<typeof drawOutcome>;

export const announceDraw = defineCommand({
  name: 'announce-draw',
  input: z.strictObject({ concertId: id, ...fields }).refine(isInOrder, mustBeInOrder),
  result: drawOutcome,
  newerFields: ['queueId'],
  laneKey: byUser,
});
