/** Reads the operators' log, newest first. */
import type { Database } from '../connection/orm.ts';
import { rowsOf } from '../connection/pipeline.ts';
import { db, unprepared } from '../statement.ts';

export interface OperatorLogView {
  id: number;
  /** The operator. */
  subject: string;
  command: string;
  jobId: string;
  reason: string | null;
  before: object | null;
  after: object;
  createdAt: string;
}

/**
 * Up to `limit + 1` lines with ids below `before`, the id of the last line of the previous page; the extra line shows that there
 * is a next page.
 */
export async function listOperatorLog(
  orm: Database,
  { before, limit }: { before: number | undefined; limit: number },
): Promise<OperatorLogView[]> {
  const page = db
    .selectFrom('operator_log')
    .innerJoin('app_user', 'app_user.id', 'user_id')
    .select([
      'operator_log.id',
      'subject',
      'command',
      'job_id as jobId',
      'reason',
      'before',
      'after',
    ])
    .select('operator_log.created_at as createdAt')
    .where('operator_log.id', '<', before ?? Number.MAX_SAFE_INTEGER)
    .orderBy('operator_log.id', 'desc')
    .limit(limit + 1);
  const found = await rowsOf(orm, unprepared(page));
  return found.map((line) => ({ ...line, createdAt: line.createdAt.toISOString() }));
}
