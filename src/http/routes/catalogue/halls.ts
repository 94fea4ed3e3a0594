/** Routes of halls and their versions. */
import { z } from 'zod';
import { createHall, hallBody, PACKED_BYTES_MAX } from '../../../commands/halls/create-hall.ts';
import { type PackedPlan, pack } from '../../../commands/halls/packed-plan.ts';
import { hallVersionBody, saveHall } from '../../../commands/halls/save-hall.ts';
import { hallVersion, type Plan } from '../../../commands/schemas/hall-plan.ts';
import { HALL_VERSION_MAX, hall } from '../../../commands/schemas/hall-resources.ts';
import { id } from '../../../commands/schemas/resources.ts';
import type { Database } from '../../../db/connection/orm.ts';
import { findHall, listHalls } from '../../../db/reads/places/halls.ts';
import { respondCached } from '../../conditional.ts';
import type { JobDeps } from '../../jobs/accept-command.ts';
import { commandRoute } from '../../jobs/command-route.ts';
import { Problem } from '../../problems/problems.ts';
import { HallPlans } from '../../reads/hall-plans.ts';
import { fromCursor, pageQuery, toPage } from '../../reads/pagination.ts';
import { pathId } from '../../request.ts';
import { respondJson } from '../../respond.ts';
import { defineRoute, type Route } from '../../route.ts';
import { invalid } from '../../validation.ts';
import { pageOf } from '../shared-responses.ts';

/** 50,000 seats with positions and categories are 2 to 3 MB. */
const BODY_BYTES_MAX = 4 * 1024 * 1024;
const idCursor = z.tuple([id]);
const hallPath = z.object({ hallId: pathId });
const versionPath = z.object({
  hallId: pathId,
  version: pathId.refine((version) => version <= HALL_VERSION_MAX, 'must be a version'),
});
/** A saved version never changes. */
const KEPT = 'public, max-age=31536000, immutable';

export function hallRoutes(deps: JobDeps & { orm: Database }): Route[] {
  const { orm } = deps;
  const plans = new HallPlans(orm);

  return [
    commandRoute(deps, {
      command: createHall,
      method: 'post',
      path: '/halls',
      operationId: 'createHall',
      tag: 'halls',
      summary: 'Create a hall with its first version',
      access: 'admin',
      body: hallBody,
      bodyBytesMax: BODY_BYTES_MAX,
      inputOf: ({ body: { name, plan } }) => ({ name, plan: packed(plan) }),
    }),
    commandRoute(deps, {
      command: saveHall,
      method: 'post',
      path: '/halls/{hallId}/versions',
      operationId: 'saveHall',
      tag: 'halls',
      summary: 'Save a plan as the next version of a hall',
      description: 'Schedules keep the version of which they were made.',
      access: 'admin',
      params: hallPath,
      body: hallVersionBody,
      bodyBytesMax: BODY_BYTES_MAX,
      problems: ['HALL_NOT_FOUND', 'HALL_CHANGED'],
      inputOf: ({ params, body: { baseVersion, plan } }) => ({
        ...params,
        baseVersion,
        plan: packed(plan),
      }),
    }),
    defineRoute({
      method: 'get',
      path: '/halls',
      operationId: 'listHalls',
      tag: 'halls',
      summary: 'List halls with their newest versions, newest first',
      access: 'admin',
      query: z.strictObject(pageQuery),
      response: { status: 200, schema: pageOf(hall), description: 'A page of halls.' },
      async handle({ query: { limit, cursor } }) {
        const before = fromCursor(cursor, idCursor)?.[0];
        const found = await listHalls(orm, { before, limit });
        return respondJson(toPage(found, limit, { item: (row) => row, key: (row) => [row.id] }));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/halls/{hallId}',
      operationId: 'getHall',
      tag: 'halls',
      summary: 'Get a hall with its newest version',
      access: 'admin',
      params: hallPath,
      response: { status: 200, schema: hall, description: 'The hall.' },
      problems: ['HALL_NOT_FOUND'],
      async handle({ params: { hallId } }) {
        const found = await findHall(orm, hallId);
        if (found) return respondJson(found);
        throw new Problem('HALL_NOT_FOUND', { detail: `Hall ${hallId} does not exist.`, hallId });
      },
    }),
    defineRoute({
      method: 'get',
      path: '/halls/{hallId}/versions/{version}',
      operationId: 'getHallVersion',
      tag: 'halls',
      summary: 'Get a saved version of a hall, with its plan',
      description: 'It never changes, so clients can keep it.',
      access: 'open',
      params: versionPath,
      isConditional: true,
      response: { status: 200, schema: hallVersion, description: 'The version.' },
      problems: ['HALL_NOT_FOUND'],
      async handle({ c, params }) {
        return respondCached(c, await plans.version(params), { cacheControl: KEPT });
      },
    }),
  ];
}

/** The plan as its job and the database keep it. @throws Problem VALIDATION_FAILED if it is too large even so */
function packed(plan: Plan): PackedPlan {
  const result = pack(plan);
  const bytes = Buffer.byteLength(JSON.stringify(result));
  if (bytes <= PACKED_BYTES_MAX) return result;
  const kilobytes = (count: number) => Math.ceil(count / 1024);
  const message = `is too irregular: its packed form takes ${kilobytes(bytes)} kB, at most ${kilobytes(PACKED_BYTES_MAX)} kB are allowed`;
  throw invalid('body', [{ path: 'plan', message }]);
}
