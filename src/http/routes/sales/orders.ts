/** Routes with which operators find orders of any user, and see what became of one. */
import { z } from 'zod';
import { commands } from '../../../commands/index.ts';
import { id, ORDER_STATES, order } from '../../../commands/schemas/resources.ts';
import { line, subject } from '../../../commands/schemas/text.ts';
import { balance, time } from '../../../commands/schemas/values.ts';
import type { Database } from '../../../db/connection/orm.ts';
import { searchOrders } from '../../../db/reads/sales/search.ts';
import {
  readStory,
  STORY_EVENTS,
  STORY_KINDS,
  type StoryEvent,
} from '../../../db/reads/sales/story.ts';
import { Problem } from '../../problems/problems.ts';
import { fromTimedCursor, pageQuery, toTimedPage } from '../../reads/pagination.ts';
import { pathId } from '../../request.ts';
import { respondJson } from '../../respond.ts';
import { defineRoute, type Route } from '../../route.ts';
import { storyText } from '../../sales/story-text.ts';
import { pageOf } from '../shared-responses.ts';

const foundOrder = order
  .extend({ subject: z.string().meta({ description: 'The user.' }) })
  .meta({ id: 'FoundOrder' });

const storyLine = z
  .object({
    at: time,
    kind: z.enum(STORY_KINDS),
    event: z.enum(STORY_EVENTS),
    text: z.string().meta({ description: 'An English sentence.' }),
    jobId: z.string().nullable().meta({ description: 'The command behind it.' }),
    command: z.string().nullable().meta({
      description:
        'The name of the command. Users’ commands are known for as long as outcomes are kept.',
    }),
    who: z.string().nullable().meta({
      description: 'The subject of who sent the command; null for a command of the system.',
    }),
    bookingId: id.nullable(),
    amount: balance.nullable().meta({ description: 'In points or minor units of the currency.' }),
    detail: z.string().nullable().meta({
      description: 'A state, a gate, or the reason that an operator gave.',
    }),
  })
  .meta({ id: 'StoryLine' });

const story = z
  .object({
    order,
    subject: z.string().meta({ description: 'The user.' }),
    story: z.array(storyLine).meta({ description: 'By time, at most 500 lines.' }),
  })
  .meta({ id: 'OrderStory' });

/** One of these must be given, so that an index finds the orders. */
const FINDING = ['orderId', 'user', 'seatId', 'scheduleId'] as const;

const search = z
  .strictObject({
    ...pageQuery,
    user: subject.optional().meta({ description: 'The subject of the user.' }),
    orderId: pathId.optional(),
    seatId: pathId.optional().meta({
      description: 'A seat of one of the bookings, also of those that have ended.',
    }),
    scheduleId: pathId.optional(),
    seatNumber: z
      .string()
      .regex(/^\d{1,9}$/, 'must be a whole number')
      .transform(Number)
      .optional()
      .meta({
        type: 'integer',
        description:
          'With `scheduleId`: a seat by its number, narrowed down by `section` and `row`.',
      }),
    section: line(60).optional(),
    row: line(60).optional(),
    state: z.enum(ORDER_STATES).optional(),
  })
  .refine((given) => FINDING.some((name) => given[name] !== undefined), {
    path: ['orderId'],
    error: `give one of ${FINDING.join(', ')} at least`,
  })
  .refine((given) => given.seatNumber === undefined || given.scheduleId !== undefined, {
    path: ['seatNumber'],
    error: 'needs the scheduleId of the seat',
  })
  .refine(
    ({ section, row, seatNumber }) => seatNumber !== undefined || (section ?? row) === undefined,
    { path: ['section'], error: 'section and row need a seatNumber' },
  );

export function orderSearchRoutes({ orm }: { orm: Database }): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/admin/orders',
      operationId: 'findOrders',
      tag: 'operators',
      summary: 'Find orders of any user, newest first',
      description: `All parameters that are given must match. One of ${FINDING.map((name) => `\`${name}\``).join(', ')} is required.`,
      access: 'admin',
      query: search,
      response: { status: 200, schema: pageOf(foundOrder), description: 'A page of orders.' },
      async handle({ query: { limit, cursor, ...filter } }) {
        const before = fromTimedCursor(cursor);
        const found = await searchOrders(orm, { ...filter, before, limit });
        return respondJson(toTimedPage(found, limit));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/admin/orders/{orderId}',
      operationId: 'getOrderStory',
      tag: 'operators',
      summary: 'Get an order of any user with all that became of it',
      description:
        'Its commands, payments, card payments and refunds, places that ended, scans of its tickets, and what operators changed.',
      access: 'admin',
      params: z.object({ orderId: pathId }),
      response: { status: 200, schema: story, description: 'The order and its story.' },
      problems: ['ORDER_NOT_FOUND'],
      async handle({ params: { orderId } }) {
        const [[found], events] = await Promise.all([
          searchOrders(orm, { orderId, before: undefined, limit: 1 }),
          readStory(orm, orderId),
        ]);
        if (!found) {
          throw new Problem('ORDER_NOT_FOUND', { detail: `There is no order ${orderId}.` });
        }
        const { createdAtUs: _, subject, ...shown } = found;
        const lines = events.map((event) => ({
          ...event,
          who: isOfSystem(event) ? null : event.who,
          text: storyText(event),
        }));
        return respondJson({ order: shown, subject, story: lines });
      },
    }),
  ];
}

/** The system enqueues such a command in the name of the user whom it is about. */
function isOfSystem({ command }: StoryEvent): boolean {
  const known: Readonly<Record<string, { isInternal?: true }>> = commands;
  return command !== null && known[command]?.isInternal === true;
}
