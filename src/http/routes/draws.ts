/** Draws: announced by operators, open to everybody's check. */
import { z } from 'zod';
import { announceDraw, drawBody } from '../../commands/queue/announce-draw.ts';
import { id } from '../../commands/schemas/resources.ts';
import type { Database } from '../../db/connection/orm.ts';
import { findDraw, listDrawnPlaces } from '../../db/reads/draws.ts';
import { acceptCommand, type JobDeps } from '../jobs/accept-command.ts';
import { Problem } from '../problems/problems.ts';
import { fromCursor, pageQuery, toPage } from '../reads/pagination.ts';
import { SharedReads } from '../reads/shared-read.ts';
import { pathId } from '../request.ts';
import { respondJson } from '../respond.ts';
import { defineRoute, type Route } from '../route.ts';
import { accepted, pageOf } from './answers.ts';

const concertPath = z.object({ concertId: pathId });
const time = z.iso.datetime();

const announced = z.object({ concertId: id, seedHash: z.string(), gathersAt: time, opensAt: time });

const draw = z
  .object({
    concertId: id,
    gathersAt: time,
    opensAt: time,
    seedHash: z.string().meta({ description: 'SHA-256 of the seed, in hex.' }),
    seed: z.string().nullable().meta({ description: 'Null until the draw.' }),
    drawnAt: time.nullable(),
    places: z.int().nullable().meta({ description: 'How many took part.' }),
    firstNumber: id.nullable(),
  })
  .meta({
    id: 'Draw',
    description:
      'The order is that of SHA-256 over `SEED:TICKET`; `npm run verify-draw` recomputes it.',
  });

const drawnPlace = z.object({
  ticket: id.meta({ description: 'The number before the draw.' }),
  number: id,
});

export function drawRoutes(deps: JobDeps & { orm: Database }): Route[] {
  const reads = new SharedReads();
  const demandDraw = async (concertId: number) => {
    const found = await reads.fresh(`${concertId}`, () => findDraw(deps.orm, concertId));
    if (found) return found;
    throw new Problem('DRAW_NOT_FOUND', { detail: `There is no draw for concert ${concertId}.` });
  };

  return [
    defineRoute({
      method: 'post',
      path: '/concerts/{concertId}/draw',
      operationId: 'announceDraw',
      tag: 'draws',
      summary: 'Announce that the order of those who wait will be drawn',
      access: 'admin',
      params: concertPath,
      body: drawBody,
      answer: accepted,
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
      summary: 'Look at a draw: the hash of its seed before, the seed itself after',
      access: 'open',
      params: concertPath,
      answer: { status: 200, schema: draw, description: 'The draw.' },
      problems: ['DRAW_NOT_FOUND'],
      handle: async ({ params }) => respondJson(await demandDraw(params.concertId)),
    }),
    defineRoute({
      method: 'get',
      path: '/concerts/{concertId}/draw/places',
      operationId: 'listDrawnPlaces',
      tag: 'draws',
      summary: 'List the places of a draw, by their new numbers',
      access: 'open',
      params: concertPath,
      query: z.strictObject(pageQuery),
      answer: { status: 200, schema: pageOf(drawnPlace), description: 'A page of places.' },
      problems: ['DRAW_NOT_FOUND'],
      async handle({ params: { concertId }, query: { limit, cursor } }) {
        await demandDraw(concertId);
        const after = fromCursor(cursor, z.tuple([id]))?.[0] ?? 0;
        const found = await listDrawnPlaces(deps.orm, { concertId, after, limit });
        return respondJson(
          toPage(found, limit, { item: (row) => row, key: (row) => [row.number] }),
        );
      },
    }),
  ];
}
