/** Seat routes of a schedule: the full list, the packed states, and a stream of changes. */
import { z } from 'zod';
import { id, SEAT_STATES, seat } from '../../../commands/schemas/resources.ts';
import { cacheHeaders, notModified, respondCached } from '../../conditional.ts';
import type { EventStreams } from '../../events/event-streams.ts';
import type { SeatMetrics } from '../../ops/seat-metrics.ts';
import { Problem } from '../../problems/problems.ts';
import type { QueueEntries } from '../../queue/entries.ts';
import { headerOf, pathId } from '../../request.ts';
import { respondJson } from '../../respond.ts';
import { defineRoute, type Route } from '../../route.ts';
import type { SeatMaps } from '../../seat-maps/seat-maps.ts';

const schedulePath = z.object({ scheduleId: pathId });

const availability = z
  .object({
    scheduleId: id,
    version: z.string().meta({
      description:
        'Identifies these states. Only the API process that issued it can resume from it, and only for a while.',
    }),
    seatCount: z.int(),
    encoding: z.string(),
    states: z.string().meta({ description: 'Two bits per seat, in the order of the seat list.' }),
  })
  .meta({ id: 'Availability' });

export interface SeatRouteDeps {
  seatMaps: SeatMaps;
  eventStreams: EventStreams;
  queueEntries: Pick<QueueEntries, 'isActive'>;
  metrics: { seats: SeatMetrics };
}

export function seatRoutes(deps: SeatRouteDeps): Route[] {
  const { seatMaps, eventStreams, queueEntries, metrics } = deps;
  return [
    defineRoute({
      method: 'get',
      path: '/concerts/schedules/{scheduleId}/seats',
      operationId: 'listSeats',
      tag: 'seats',
      summary: 'List all seats of a schedule with their states, in the order of its ranges',
      description:
        'Operators need no queue token, and get the `blockedReason` of each seat. Buyers see a blocked seat as held, with `isBlocked` and without its reason.',
      access: 'user',
      isQueued: true,
      about: ({ scheduleId }) => ({ scheduleId }),
      params: schedulePath,
      query: z.strictObject({ state: z.enum(SEAT_STATES).optional() }),
      isConditional: true,
      response: {
        status: 200,
        schema: z.object({ scheduleId: id, items: z.array(seat) }),
        description: 'The seats.',
      },
      problems: ['SCHEDULE_NOT_FOUND'],
      async handle({ c, caller, params: { scheduleId }, query: { state } }) {
        const read = metrics.seats.begin(state ? 'in_state' : 'all');
        const map = await (state
          ? seatMaps.inState(scheduleId, state, read.waits)
          : seatMaps.all(scheduleId, read.waits));
        if (!map) return notFound(scheduleId);
        if (!caller.isAdmin) return read.end(await respondCached(c, map));
        read.waits();
        return read.end(await respondCached(c, await seatMaps.forOperators(scheduleId, map)));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/concerts/schedules/{scheduleId}/availability',
      operationId: 'getAvailability',
      tag: 'seats',
      summary: 'Get the packed states of all seats, for clients that redraw often',
      access: 'user',
      isQueued: true,
      about: ({ scheduleId }) => ({ scheduleId }),
      params: schedulePath,
      isConditional: true,
      response: { status: 200, schema: availability, description: 'The states.' },
      problems: ['SCHEDULE_NOT_FOUND'],
      async handle({ c, params: { scheduleId } }) {
        const read = metrics.seats.begin('packed');
        const found = await seatMaps.availability(scheduleId, read.waits);
        if (!found) return notFound(scheduleId);
        const etag = `W/"${found.version}"`;
        const unchanged = notModified(c, etag);
        return read.end(unchanged ?? respondJson(found, { headers: cacheHeaders(etag) }));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/concerts/schedules/{scheduleId}/events',
      operationId: 'streamSeatChanges',
      reads: 'Last-Event-ID',
      tag: 'seats',
      summary: 'Stream the changes of seats and areas',
      description:
        'A `seats` event carries `{version, changes: [[seatId, state]]}`; a change to blocked is `[seatId, "held", true]`. A `reset` event carries the whole availability; it is sent if the changes are unknown or larger. An `areas` event carries the areas whose counts have changed, in the format of the list of areas. The stream resumes after `Last-Event-ID` or `?version=`, and always begins with all areas; without areas the list is empty. It ends within half a minute after the session in the queue.',
      access: 'user',
      isQueued: true,
      about: ({ scheduleId }) => ({ scheduleId }),
      params: schedulePath,
      query: z.strictObject({ version: z.string().max(100).optional() }),
      response: {
        status: 200,
        type: 'text/event-stream',
        schema: z.string(),
        description: 'A stream of server-sent events.',
      },
      problems: ['SCHEDULE_NOT_FOUND', 'TOO_MANY_STREAMS'],
      async handle({ c, caller, entry, params: { scheduleId }, query: { version } }) {
        const since = headerOf(c, 'last-event-id') ?? version;
        const isAllowed = entry && (() => queueEntries.isActive(entry));
        const stream = eventStreams.open(c, caller.subject, isAllowed);
        try {
          if (await seatMaps.listen(scheduleId, since, stream)) return stream.respond();
          return notFound(scheduleId);
        } catch (error) {
          stream.withdraw();
          throw error;
        }
      },
    }),
  ];
}

function notFound(scheduleId: number): never {
  throw new Problem('SCHEDULE_NOT_FOUND', { detail: `Schedule ${scheduleId} does not exist.` });
}
