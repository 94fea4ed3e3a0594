/** Routes of concerts and their schedules, and for operators to block and release seats. */
import { z } from 'zod';
import { createConcert } from '../../../commands/concerts/create-concert.ts';
import { createSchedule, scheduleBody } from '../../../commands/concerts/create-schedule.ts';
import { blockSeats } from '../../../commands/operators/block-seats.ts';
import { releaseSeats } from '../../../commands/operators/release-seats.ts';
import { concert, id, schedule } from '../../../commands/schemas/resources.ts';
import type { Database } from '../../../db/connection/orm.ts';
import type { JobDeps } from '../../jobs/accept-command.ts';
import { commandRoute } from '../../jobs/command-route.ts';
import type { CatalogueCache } from '../../reads/catalogue-cache.ts';
import { ConcertReads } from '../../reads/concerts.ts';
import { fromCursor, pageQuery, timeQuery, toPage } from '../../reads/pagination.ts';
import type { SeatCounts } from '../../reads/seat-counts.ts';
import { pathId } from '../../request.ts';
import { respondJson } from '../../respond.ts';
import { defineRoute, type Route } from '../../route.ts';
import { pageOf } from '../shared-responses.ts';

const KILOBYTE = 1024;
const idCursor = z.tuple([id]);
const startCursor = z.tuple([z.int(), id]);
const concertPath = z.object({ concertId: pathId });

interface ConcertDeps extends JobDeps {
  orm: Database;
  catalogue: CatalogueCache;
  seatCounts: SeatCounts;
}

export function concertRoutes(deps: ConcertDeps): Route[] {
  const { orm, catalogue, seatCounts } = deps;
  const reads = new ConcertReads(orm, catalogue);

  return [
    commandRoute(deps, {
      command: createConcert,
      method: 'post',
      path: '/concerts',
      operationId: 'createConcert',
      tag: 'concerts',
      summary: 'Create a concert',
      access: 'admin',
      body: createConcert.input,
      bodyBytesMax: 128 * KILOBYTE,
    }),
    defineRoute({
      method: 'get',
      path: '/concerts',
      operationId: 'listConcerts',
      tag: 'concerts',
      summary: 'List concerts, newest first',
      access: 'open',
      query: z.strictObject(pageQuery),
      response: { status: 200, schema: pageOf(concert), description: 'A page of concerts.' },
      async handle({ query: { limit, cursor } }) {
        const before = fromCursor(cursor, idCursor)?.[0];
        const found = await reads.concerts({ before, limit });
        return respondJson(toPage(found, limit, { item: (row) => row, key: (row) => [row.id] }));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/concerts/{concertId}',
      operationId: 'getConcert',
      tag: 'concerts',
      summary: 'Get a concert',
      access: 'open',
      params: concertPath,
      response: { status: 200, schema: concert, description: 'The concert.' },
      problems: ['CONCERT_NOT_FOUND'],
      handle: async ({ params }) => respondJson(await reads.concert(params.concertId)),
    }),
    commandRoute(deps, {
      command: createSchedule,
      method: 'post',
      path: '/concerts/{concertId}/schedules',
      operationId: 'createSchedule',
      tag: 'concerts',
      summary:
        'Create a schedule: a performance on sale, with its seats and areas, or those of a hall',
      access: 'admin',
      params: concertPath,
      body: scheduleBody,
      bodyBytesMax: 512 * KILOBYTE,
      problems: [
        'CONCERT_NOT_FOUND',
        'HALL_NOT_FOUND',
        'CATEGORY_NOT_FOUND',
        'CATEGORY_WITHOUT_PRICE',
      ],
    }),
    commandRoute(deps, {
      command: blockSeats,
      method: 'post',
      path: '/concerts/seats/block',
      operationId: 'blockSeats',
      tag: 'concerts',
      summary: 'Block available seats, with a reason',
      access: 'admin',
      body: blockSeats.input,
      bodyBytesMax: 32 * KILOBYTE,
      problems: ['SEAT_NOT_FOUND', 'SEAT_ALREADY_SOLD', 'SEAT_ALREADY_HELD'],
    }),
    commandRoute(deps, {
      command: releaseSeats,
      method: 'post',
      path: '/concerts/seats/release',
      operationId: 'releaseSeats',
      tag: 'concerts',
      summary: 'Release blocked seats for sale',
      access: 'admin',
      body: releaseSeats.input,
      bodyBytesMax: 32 * KILOBYTE,
      problems: ['SEAT_NOT_FOUND'],
    }),
    defineRoute({
      method: 'get',
      path: '/concerts/{concertId}/schedules',
      operationId: 'listSchedules',
      tag: 'concerts',
      summary: 'List all schedules of a concert, by start time',
      access: 'open',
      params: concertPath,
      query: z.strictObject({ ...pageQuery, ...timeQuery('Performances that start') }),
      response: { status: 200, schema: pageOf(schedule), description: 'A page of schedules.' },
      problems: ['CONCERT_NOT_FOUND'],
      async handle({ params: { concertId }, query: { limit, cursor, ...times } }) {
        const key = fromCursor(cursor, startCursor);
        const after = key && { startAtUs: key[0], id: key[1] };
        const found = await reads.schedules({ concertId, ...times, after, limit });
        return respondJson(
          toPage(found, limit, {
            item: ({ startAtUs: _, ...item }) => item,
            key: (row) => [row.startAtUs, row.id],
          }),
        );
      },
    }),
    defineRoute({
      method: 'get',
      path: '/concerts/{concertId}/schedules/bookable',
      operationId: 'listBookableSchedules',
      tag: 'concerts',
      summary: 'List the schedules of a concert that are open for booking',
      description:
        'A sale that opens or ends can be in it a second later, and `availableCount` of a schedule with more than 2,000 seats can be up to a second old.',
      access: 'user',
      isQueued: true,
      about: ({ concertId }) => ({ concertId }),
      params: concertPath,
      query: z.strictObject({ ...pageQuery, ...timeQuery('Performances that start') }),
      response: { status: 200, schema: pageOf(schedule), description: 'A page of schedules.' },
      problems: ['CONCERT_NOT_FOUND'],
      async handle({ params: { concertId }, query: { limit, cursor, ...times } }) {
        const after = fromCursor(cursor, idCursor)?.[0] ?? 0;
        const found = await reads.bookableSchedules({ concertId, ...times, after, limit });
        const { items, nextCursor } = toPage(found, limit, {
          item: ({ startAtUs: _, saleState: __, ...item }) => item,
          key: (row) => [row.id],
        });
        return respondJson({ items: await seatCounts.addTo(items), nextCursor });
      },
    }),
  ];
}
