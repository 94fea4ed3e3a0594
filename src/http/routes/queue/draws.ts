/** Draw routes: operators announce a draw, and anyone can verify its result. */
import { z } from 'zod';
import { announceDraw, drawBody } from '../../../commands/queue/announce-draw.ts';
import { id } from '../../../commands/schemas/resources.ts';
import type { Database } from '../../../db/connection/orm.ts';
import { findDraw, listDrawnEntries } from '../../../db/reads/queue/draws.ts';
import { acceptCommand, type JobDeps } from '../../jobs/accept-command.ts';
import { Problem } from '../../problems/problems.ts';
import { fromCursor, pageQuery, toPage } from '../../reads/pagination.ts';
import { SharedReads } from '../../reads/shared-read.ts';
import { pathId } from '../../request.ts';
import { respondJson } from '../../respond.ts';
import { defineRoute, type Route } from '../../route.ts';
import { accepted, pageOf } from '../shared-responses.ts';

const concertPath = z.object({ concertId: pathId });
const time = z.iso.datetime();

const announced = z.object({
  concertId: id,
  queueId: id,
  seedHash: z.string(),
  gathersAt: time,
  opensAt: time,
});

const draw = z
  .object({
    id,
    concertId: id.meta({ description: 'The concert for which it was announced.' }),
    queueId: id.meta({ description: 'The queue whose order is drawn.' }),
    gathersAt: time,
    opensAt: time,
    seedHash: z.string().meta({ description: 'SHA-256 of the seed, in hex.' }),
    seed: z.string().nullable().meta({ description: 'Null until the draw is held.' }),
    drawnAt: time.nullable(),
    places: z.int().nullable().meta({ description: 'The number of queue entries drawn.' }),
    firstNumber: id.nullable(),
  })
  .meta({
    id: 'Draw',
    description:
      'Entries are ordered by the SHA-256 hash of `SEED:TICKET`; `npm run verify-draw` recomputes the order.',
  });

const drawnEntry = z.object({
  ticket: id.meta({ description: 'The entry’s number before the draw.' }),
  number: id,
});

export function drawRoutes(deps: JobDeps & { orm: Database }): Route[] {
  const reads = new SharedReads();
  const demandDraw = async (concertId: number) => {
    const found = await reads.fresh(`${concertId}`, () => findDraw(deps.orm, concertId));
    if (found) return found;
    throw new Problem('DRAW_NOT_FOUND', { detail: `Concert ${concertId} has no draw.` });
  };

  return [
    defineRoute({
      method: 'post',
      path: '/concerts/{concertId}/draw',
      operationId: 'announceDraw',
      tag: 'draws',
      summary: 'Announce a draw of the order of waiting users',
      access: 'admin',
      params: concertPath,
      body: drawBody,
      response: accepted,
      outcome: announced,
      problems: ['CONCERT_NOT_FOUND', 'DRAW_ALREADY_ANNOUNCED', 'DRAW_IN_THE_PAST'],
      handle: (request) =>
        acceptCommand(deps, {
          ...request,
          command: announceDraw,
          input: { ...request.params, ...request.body },
        }),
    }),
    defineRoute({
      method: 'get',
      path: '/concerts/{concertId}/draw',
      operationId: 'getDraw',
      tag: 'draws',
      summary: 'Get a draw: the hash of its seed before it is held, the seed afterwards',
      access: 'open',
      params: concertPath,
      response: { status: 200, schema: draw, description: 'The draw.' },
      problems: ['DRAW_NOT_FOUND'],
      handle: async ({ params }) => respondJson(await demandDraw(params.concertId)),
    }),
    defineRoute({
      method: 'get',
      path: '/concerts/{concertId}/draw/places',
      operationId: 'listDrawnPlaces',
      tag: 'draws',
      summary: 'List the queue entries of a draw, by their new numbers',
      access: 'open',
      params: concertPath,
      query: z.strictObject(pageQuery),
      response: {
        status: 200,
        schema: pageOf(drawnEntry),
        description: 'A page of queue entries.',
      },
      problems: ['DRAW_NOT_FOUND'],
      async handle({ params: { concertId }, query: { limit, cursor } }) {
        const { id: drawId } = await demandDraw(concertId);
        const after = fromCursor(cursor, z.tuple([id]))?.[0] ?? 0;
        const found = await listDrawnEntries(deps.orm, { drawId, after, limit });
        return respondJson(
          toPage(found, limit, { item: (row) => row, key: (row) => [row.number] }),
        );
      },
    }),
  ];
}
