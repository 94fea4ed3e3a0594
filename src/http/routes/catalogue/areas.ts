/** The route that lists the areas of a schedule. */
import { hash } from 'node:crypto';
import { z } from 'zod';
import { area, id } from '../../../commands/schemas/resources.ts';
import type { Database } from '../../../db/connection/orm.ts';
import { readAreas } from '../../../db/reads/places/areas.ts';
import { cacheHeaders, notModified } from '../../conditional.ts';
import { Problem } from '../../problems/problems.ts';
import { SharedReads } from '../../reads/shared-read.ts';
import { pathId } from '../../request.ts';
import { respondJson } from '../../respond.ts';
import { defineRoute, type Route } from '../../route.ts';

export function areaRoutes({ orm }: { orm: Database }): Route[] {
  const reads = new SharedReads();
  const list = async (scheduleId: number) => {
    const items = await readAreas(orm, scheduleId);
    return items && { items, etag: `W/"${hash('sha1', JSON.stringify(items), 'base64url')}"` };
  };

  return [
    defineRoute({
      method: 'get',
      path: '/concerts/schedules/{scheduleId}/areas',
      operationId: 'listAreas',
      tag: 'seats',
      summary:
        'List the areas of a schedule (standing room, free seating) with their counts of places',
      description: 'Operators need no queue token.',
      access: 'user',
      isQueued: true,
      about: ({ scheduleId }) => ({ scheduleId }),
      params: z.object({ scheduleId: pathId }),
      isConditional: true,
      response: {
        status: 200,
        schema: z.object({ scheduleId: id, items: z.array(area) }),
        description: 'The areas.',
      },
      problems: ['SCHEDULE_NOT_FOUND'],
      async handle({ c, params: { scheduleId } }) {
        const found = await reads.fresh(`areas ${scheduleId}`, () => list(scheduleId));
        if (!found) {
          const detail = `Schedule ${scheduleId} does not exist.`;
          throw new Problem('SCHEDULE_NOT_FOUND', { detail });
        }
        const { items, etag } = found;
        const headers = cacheHeaders(etag);
        return notModified(c, etag) ?? respondJson({ scheduleId, items }, { headers });
      },
    }),
  ];
}
