/** The route of what is on: concerts with a performance to come. */
import { z } from 'zod';
import { concert, id, points } from '../../../commands/schemas/resources.ts';
import { storable } from '../../../commands/schemas/text.ts';
import { balance, time } from '../../../commands/schemas/values.ts';
import type { Database } from '../../../db/connection/orm.ts';
import { type EventRow, listEvents } from '../../../db/reads/catalogue/events.ts';
import type { CatalogueCache } from '../../reads/catalogue-cache.ts';
import { fromCursor, pageQuery, timeQuery, toPage } from '../../reads/pagination.ts';
import { respondJson } from '../../respond.ts';
import { defineRoute, type Route } from '../../route.ts';
import { pageOf } from '../shared-responses.ts';

const TEXT_MAX = 100;

const startCursor = z.tuple([balance, id]);

const event = z
  .object({
    concert,
    nextStartAt: time.meta({ description: 'When its next performance starts.' }),
    dates: z.int().min(1).meta({ description: 'How many performances are to come.' }),
    priceFrom: points.nullable().meta({
      description: 'The lowest price of their places, in points.',
    }),
    priceTo: points.nullable(),
    saleStartAt: time.meta({
      description: 'When the present sale has opened; if none is open, when the next one opens.',
    }),
    saleState: z.enum(['upcoming', 'open', 'ended']).meta({
      description: 'Without performances whose own sale operators have closed.',
    }),
    how: z.enum(['queue', 'draw']).meta({
      description:
        'Whether a draw decides the order: a draw of this concert, or of another concert of its queue if users gather for it now.',
    }),
    drawAt: time.nullable().meta({ description: 'When it is held.' }),
  })
  .meta({ id: 'Event' });

/** When an event looks different without a command. */
const timesOf = ({ saleStartAt, nextStartAt }: EventRow) => [saleStartAt, nextStartAt];

interface EventDeps {
  orm: Database;
  catalogue: CatalogueCache;
}

export function eventRoutes({ orm, catalogue }: EventDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/events',
      operationId: 'listEvents',
      tag: 'concerts',
      summary: 'List the concerts with a performance to come, by the start of the next one',
      description: 'Without performances that are cancelled. It can be a second old.',
      access: 'open',
      query: z.strictObject({
        ...pageQuery,
        ...timeQuery('Performances that start'),
        q: storable.max(TEXT_MAX).optional().meta({ description: 'Part of the title or venue.' }),
      }),
      response: { status: 200, schema: pageOf(event), description: 'A page of events.' },
      async handle({ query: { limit, cursor, q = '', from, to } }) {
        const key = fromCursor(cursor, startCursor);
        const after = key && { startAtUs: key[0], id: key[1] };
        const text = q.normalize('NFC').trim().toLowerCase();
        const asked = { text, from, to, after, limit };
        const found = await catalogue.rows(`events ${JSON.stringify(asked)}`, {
          read: () => listEvents(orm, asked),
          changesAt: timesOf,
        });
        return respondJson(
          toPage(found, limit, {
            item: ({ nextStartAtUs: _, ...item }) => item,
            key: (row) => [row.nextStartAtUs, row.concert.id],
          }),
        );
      },
    }),
  ];
}
