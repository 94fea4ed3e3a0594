/** A user's points and their history, newest first. */
import { sql } from 'kysely';
import type { PointHistoryLine } from '../../commands/resources.ts';
import type { Database } from '../connection/orm.ts';
import { epochMs } from './epoch-ms.ts';

/** The balance; 0 for a user without a row. */
export async function readBalance(orm: Database, subject: string): Promise<number> {
  const { rows } = await sql<{ balance: string }>`
    select balance from points
    where user_id = (select id from app_user where subject = ${subject})`.execute(
    orm.em.getKysely(),
  );
  return Number(rows[0]?.balance ?? 0);
}

/** Which lines of the history; `from` is included, `to` is not. */
export interface HistoryFilter {
  subject: string;
  kind: PointHistoryLine['kind'] | undefined;
  from: string | undefined;
  to: string | undefined;
  /** The last line of the page before: its time, in µs since 1970, and its id. */
  before: { createdAtUs: number; id: number } | undefined;
  limit: number;
}

/** A line with the key of the list: its time in µs since 1970, as PostgreSQL keeps it. */
export interface HistoryRow extends PointHistoryLine {
  createdAtUs: number;
}

/** One more line than `limit` where there are. */
export async function listHistory(orm: Database, filter: HistoryFilter): Promise<HistoryRow[]> {
  const { kind, from, to, before } = filter;
  const conditions = [
    sql`user_id = (select id from app_user where subject = ${filter.subject})`,
    ...(kind ? [sql`kind = ${kind}`] : []),
    ...(from ? [sql`created_at >= ${from}::timestamptz`] : []),
    ...(to ? [sql`created_at < ${to}::timestamptz`] : []),
    ...(before
      ? [
          sql`(created_at, id) <
            (timestamptz 'epoch' + ${before.createdAtUs}::bigint * interval '1 microsecond', ${before.id})`,
        ]
      : []),
  ];
  const { rows } = await sql<{
    id: string;
    kind: PointHistoryLine['kind'];
    amount: string;
    balance: string;
    created_at: number;
    created_us: string;
  }>`
    select id, kind, amount, balance, ${epochMs('created_at')} as created_at,
      (extract(epoch from created_at) * 1000000)::bigint as created_us
    from point_history where ${sql.join(conditions, sql` and `)}
    order by created_at desc, id desc limit ${filter.limit + 1}`.execute(orm.em.getKysely());
  return rows.map((row) => ({
    id: Number(row.id),
    kind: row.kind,
    amount: Number(row.amount),
    balance: Number(row.balance),
    createdAt: new Date(row.created_at).toISOString(),
    createdAtUs: Number(row.created_us),
  }));
}
