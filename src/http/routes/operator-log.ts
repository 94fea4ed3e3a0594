/** The route with which operators read what operators have changed. */
import { z } from 'zod';
import { id } from '../../commands/schemas/resources.ts';
import type { Database } from '../../db/connection/orm.ts';
import { listOperatorLog } from '../../db/reads/operator-log.ts';
import { fromCursor, pageQuery, toPage } from '../reads/pagination.ts';
import { respondJson } from '../respond.ts';
import { defineRoute, type Route } from '../route.ts';
import { pageOf } from './shared-responses.ts';

const logLine = z
  .object({
    id,
    subject: z.string().meta({ description: 'The operator.' }),
    command: z.string(),
    jobId: z.string(),
    reason: z.string().nullable(),
    before: z.looseObject({}).nullable().meta({
      description: 'What the command changed, as it was before; null if it only added something.',
    }),
    after: z.looseObject({}).meta({ description: 'The result of the command.' }),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'OperatorLogLine' });

export function operatorLogRoutes({ orm }: { orm: Database }): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/admin/log',
      operationId: 'listOperatorLog',
      tag: 'operators',
      summary: 'List what operators have changed, newest first',
      access: 'admin',
      query: z.strictObject(pageQuery),
      response: { status: 200, schema: pageOf(logLine), description: 'A page of the log.' },
      async handle({ query: { limit, cursor } }) {
        const before = fromCursor(cursor, z.tuple([id]))?.[0];
        const found = await listOperatorLog(orm, { before, limit });
        return respondJson(
          toPage(found, limit, { item: (line) => line, key: (line) => [line.id] }),
        );
      },
    }),
  ];
}
