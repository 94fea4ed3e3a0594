/** A user's points and their history, newest first. */
import { type Expression, type InferResult, sql } from 'kysely';
import type { PointHistoryLine } from '../../commands/schemas/resources.ts';
import type { Database } from '../connection/orm.ts';
import { rowsOf } from '../connection/pipeline.ts';
import { POINT_KINDS } from '../entities/point-history.ts';
import { db, type Given, statement } from '../statement.ts';
import { beginningOf, microseconds, timeFrom, timeOf, type UserPage } from './time-key.ts';

const balanceOf = statement('balance', ({ subject }: Given<{ subject: string }>) =>
  db
    .selectFrom('points')
    .select('balance')
    .where('user_id', '=', db.selectFrom('app_user').select('id').where('subject', '=', subject)),
);

/** The balance; 0 for a user without a row. */
export async function readBalance(orm: Database, subject: string): Promise<number> {
  const [row] = await rowsOf(orm, balanceOf({ subject }));
  return row?.balance ?? 0;
}

/** Filters the history: `from` is inclusive, `to` is exclusive. */
export interface HistoryFilter {
  subject: string;
  kind: PointHistoryLine['kind'] | undefined;
  from: string | undefined;
  to: string | undefined;
  /** The last row of the previous page: its time in µs since 1970, and its id. */
  before: { createdAtUs: number; id: number } | undefined;
  limit: number;
}

/** A history row with its sort key, the time in µs since 1970. */
export interface HistoryRow extends PointHistoryLine {
  createdAtUs: number;
}

/** A part of the list. It is read in index order, and stops at the limit. */
const part = (
  { subject, from, us, id, limit }: Given<UserPage>,
  kind: Expression<PointHistoryLine['kind']>,
) =>
  db
    .selectFrom('point_history')
    .select(['id', 'kind', 'amount', 'balance', 'created_at as createdAt'])
    .select((line) => microseconds(line.ref('created_at')).as('createdAtUs'))
    .where('user_id', '=', db.selectFrom('app_user').select('id').where('subject', '=', subject))
    .where('kind', '=', kind)
    .where('created_at', '>=', timeFrom(from))
    .where((line) => line(line.refTuple('created_at', 'id'), '<', line.tuple(timeOf(us), id)))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit);

type Part = ReturnType<typeof part>;

/** The index has the kind before the time, so a list of all kinds is merged of one part for each. */
const history = statement('point history', (given: Given<UserPage>) => {
  const parts = POINT_KINDS.map((kind) => sql`(${part(given, sql.lit(kind))})`);
  return db
    .selectFrom(sql<InferResult<Part>[number]>`(${sql.join(parts, sql` union all `)})`.as('found'))
    .selectAll()
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(given.limit);
});
const historyOfKind = statement(
  'point history of a kind',
  (given: Given<UserPage & { kind: PointHistoryLine['kind'] }>) => part(given, given.kind),
);

/** Returns up to `limit + 1` rows; the extra one shows that there is a next page. */
export async function listHistory(orm: Database, filter: HistoryFilter): Promise<HistoryRow[]> {
  const { subject, kind, from = '-infinity', to, before, limit } = filter;
  const key = beginningOf(before && { us: before.createdAtUs, id: before.id }, to);
  const page = { ...key, subject, from, limit: limit + 1 };
  const rows = await rowsOf(orm, kind ? historyOfKind({ ...page, kind }) : history(page));
  return rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() }));
}
