/** Routes by which anyone can read a draw, and verify it. */
import { z } from 'zod';
import { id } from '../../../commands/schemas/resources.ts';
import type { Database } from '../../../db/connection/orm.ts';
import {
  type DrawView,
  findDraw,
  findDrawById,
  listDrawnEntries,
} from '../../../db/reads/queue/draws.ts';
import { Problem } from '../../problems/problems.ts';
import { fromCursor, pageQuery, toPage } from '../../reads/pagination.ts';
import { SharedReads } from '../../reads/shared-read.ts';
import { pathId } from '../../request.ts';
import { respondJson } from '../../respond.ts';
import { defineRoute, type Route } from '../../route.ts';
import { pageOf } from '../shared-responses.ts';

const concertPath = z.object({ concertId: pathId });
const drawPath = z.object({ drawId: pathId });
const placesQuery = z.strictObject(pageQuery);
const time = z.iso.datetime();

const draw = z
  .object({
    id,
    concertId: id.meta({ description: 'The concert for which it was announced.' }),
    queueId: id.meta({ description: 'The queue whose order is drawn.' }),
    gathersAt: time,
    opensAt: time,
    cancelledAt: time.nullable(),
    closedAt: time.nullable().meta({
      description:
        'When it was settled who takes part; null before, and in draws of older versions.',
    }),
    seedHash: z.string().meta({ description: 'SHA-256 of the seed, in hex.' }),
    seed: z.string().nullable().meta({ description: 'Null until the draw is held.' }),
    drawnAt: time.nullable(),
    places: z.int().nullable().meta({ description: 'The number of queue entries drawn.' }),
    firstNumber: id.nullable(),
    ticketsHash: z.string().nullable().meta({
      description:
        'SHA-256 of the tickets in ascending order, joined by commas, in hex; null until the draw is held, and in draws of older versions.',
    }),
  })
  .meta({
    id: 'Draw',
    description:
      'Entries are ordered by the SHA-256 hash of `MIXED:TICKET`, where `MIXED` is that of `SEED:TICKETSHASH`, all in hex. If `ticketsHash` is null, by that of `SEED:TICKET`. `npm run verify-draw` recomputes the order.',
  });

const drawnEntry = z.object({
  ticket: id.meta({ description: 'The number that the entry had when it was added.' }),
  number: id,
});

export function drawnRoutes(deps: { orm: Database }): Route[] {
  const reads = new SharedReads();
  const demandDraw = async ({ concertId }: { concertId: number }) => {
    const found = await reads.fresh(`concert ${concertId}`, () => findDraw(deps.orm, concertId));
    if (found) return found;
    throw new Problem('DRAW_NOT_FOUND', { detail: `Concert ${concertId} has no draw.` });
  };
  const demandDrawById = async ({ drawId }: { drawId: number }) => {
    const found = await reads.fresh(`draw ${drawId}`, () => findDrawById(deps.orm, drawId));
    if (found) return found;
    throw new Problem('DRAW_NOT_FOUND', { detail: `There is no draw ${drawId}.` });
  };
  const pageOfPlaces = async (of: DrawView, { limit, cursor }: z.infer<typeof placesQuery>) => {
    const after = fromCursor(cursor, z.tuple([id]))?.[0] ?? 0;
    const found = await listDrawnEntries(deps.orm, { draw: of, after, limit });
    return respondJson(toPage(found, limit, { item: (row) => row, key: (row) => [row.number] }));
  };
  const oneDraw = { status: 200, schema: draw, description: 'The draw.' } as const;
  const places = {
    status: 200,
    schema: pageOf(drawnEntry),
    description: 'A page of queue entries; empty until the draw is held.',
  } as const;

  return [
    defineRoute({
      method: 'get',
      path: '/concerts/{concertId}/draw',
      operationId: 'getDraw',
      tag: 'draws',
      summary: 'Get a draw: the hash of its seed before it is held, the seed afterwards',
      access: 'open',
      params: concertPath,
      response: oneDraw,
      problems: ['DRAW_NOT_FOUND'],
      handle: async ({ params }) => respondJson(await demandDraw(params)),
    }),
    defineRoute({
      method: 'get',
      path: '/concerts/{concertId}/draw/places',
      operationId: 'listDrawnPlaces',
      tag: 'draws',
      summary: 'List the queue entries of a draw, by their new numbers',
      access: 'open',
      params: concertPath,
      query: placesQuery,
      response: places,
      problems: ['DRAW_NOT_FOUND'],
      handle: async ({ params, query }) => pageOfPlaces(await demandDraw(params), query),
    }),
    defineRoute({
      method: 'get',
      path: '/draws/{drawId}',
      operationId: 'getDrawById',
      tag: 'draws',
      summary: 'Get a draw by its id, also one that was cancelled',
      access: 'open',
      params: drawPath,
      response: oneDraw,
      problems: ['DRAW_NOT_FOUND'],
      handle: async ({ params }) => respondJson(await demandDrawById(params)),
    }),
    defineRoute({
      method: 'get',
      path: '/draws/{drawId}/places',
      operationId: 'listDrawnPlacesById',
      tag: 'draws',
      summary: 'List the queue entries of a draw that is named by its id',
      access: 'open',
      params: drawPath,
      query: placesQuery,
      response: places,
      problems: ['DRAW_NOT_FOUND'],
      handle: async ({ params, query }) => pageOfPlaces(await demandDrawById(params), query),
    }),
  ];
}
