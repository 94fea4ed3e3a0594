/** The statements of the timer that ends the orders of cancelled performances. */
import { sql } from 'kysely';
import type { Database } from '../../../src/db/connection/orm.ts';
import { rowsOf } from '../../../src/db/connection/pipeline.ts';
import { db, type Given, rareStatement } from '../../../src/db/statement.ts';
import type { Row } from '../../../src/db/tables.ts';

/** How many orders a page has at most. */
export const PAGE_MAX = 500;

/** A cancellation with a page that is due. */
export interface DueCancellation
  extends Pick<
    Row<'cancellation'>,
    'scheduleId' | 'pass' | 'cursorId' | 'isChecking' | 'triedPass'
  > {
  /** As PostgreSQL writes it: a `Date` would lose its microseconds. */
  nextAt: string;
}

const dueCancellation = rareStatement(() =>
  db
    .selectFrom('cancellation')
    .select(['schedule_id as scheduleId', 'pass', 'cursor_id as cursorId'])
    .select(['is_checking as isChecking', 'tried_pass as triedPass'])
    .select(sql<string>`next_at::text`.as('nextAt'))
    .where('next_at', '<=', sql<Date>`statement_timestamp()`)
    .orderBy('next_at')
    .limit(1),
);

/** The cancellation that has been due for longest. */
export async function findDueCancellation(orm: Database): Promise<DueCancellation | undefined> {
  return (await rowsOf(orm, dueCancellation({})))[0];
}

/** A live order of a cancelled performance. */
export interface LiveOrder {
  id: number;
  /** Its user. */
  subject: string;
  /** When it was read, by PostgreSQL's clock. */
  readAt: Date;
}

const liveOrders = rareStatement(
  ({ scheduleId, cursorId }: Given<Pick<DueCancellation, 'scheduleId' | 'cursorId'>>) =>
    db
      .selectFrom('app_order')
      .innerJoin('app_user', 'app_user.id', 'user_id')
      .select(['app_order.id', 'subject'])
      .select(sql<Date>`statement_timestamp()`.as('readAt'))
      .where('schedule_id', '=', scheduleId)
      .where('app_order.id', '>', cursorId)
      .where(sql<boolean>`is_live`)
      .orderBy('app_order.id')
      .limit(sql.lit(PAGE_MAX)),
);

/** The next live orders of a cancelled performance, by id. */
export function readLiveOrders(orm: Database, due: DueCancellation): Promise<LiveOrder[]> {
  return rowsOf(orm, liveOrders(due));
}

/** Commands of an earlier pass. */
interface Tried {
  scheduleId: number;
  pass: number;
  orderIds: readonly number[];
  /** The receipt ids of their commands, in the same order. */
  receiptIds: readonly string[];
}

const recordFailed = rareStatement(
  ({ scheduleId, pass, orderIds, receiptIds }: Given<Tried>) => sql<{ orderId: number }>`
    insert into cancellation_failure (order_id, schedule_id, pass, failed_at)
    select given.order_id, ${scheduleId}::bigint, ${pass}::int, finished_at
    from unnest(${orderIds}::bigint[], ${receiptIds}::text[]) as given(order_id, receipt_id)
    join command_receipt on command_receipt.id = receipt_id and state <> 'succeeded'
    order by given.order_id
    on conflict (order_id) do update set pass = excluded.pass, failed_at = excluded.failed_at
    returning order_id as "orderId"`,
);

/** Notes the orders that a pass has tried to end in vain. It locks no order. @returns their ids */
export async function recordFailures(orm: Database, tried: Tried): Promise<number[]> {
  const failed = await rowsOf(orm, recordFailed(tried));
  return failed.map(({ orderId }) => orderId);
}

/** How far a cancellation is after a page. */
export interface Progress
  extends Pick<Row<'cancellation'>, 'pass' | 'cursorId' | 'isChecking' | 'triedPass'> {
  /** After how many ms the next page is due; null if all orders have ended. */
  nextInMs: number | null;
}

/** A page's end: `was…` is what the cancellation was when it was found. */
interface Advance extends Progress, Pick<DueCancellation, 'scheduleId'> {
  wasPass: number;
  wasCursorId: number;
  wasNextAt: string;
}

const advance = rareStatement(
  (given: Given<Advance>) => sql<object>`
    update cancellation set pass = ${given.pass}, cursor_id = ${given.cursorId},
      is_checking = ${given.isChecking}, tried_pass = ${given.triedPass},
      next_at = statement_timestamp() + ${given.nextInMs}::bigint * interval '1 ms'
    where schedule_id = ${given.scheduleId} and pass = ${given.wasPass}
      and cursor_id = ${given.wasCursorId} and next_at = ${given.wasNextAt}::timestamptz
    returning schedule_id`,
);

/** @returns false if another process, or an operator, has changed the cancellation since it was found */
export async function advanceCancellation(
  orm: Database,
  { scheduleId, pass: wasPass, cursorId: wasCursorId, nextAt: wasNextAt }: DueCancellation,
  progress: Progress,
): Promise<boolean> {
  const moved = { scheduleId, wasPass, wasCursorId, wasNextAt, ...progress };
  return (await rowsOf(orm, advance(moved))).length > 0;
}

const postpone = rareStatement(
  (given: Given<Pick<DueCancellation, 'scheduleId' | 'nextAt'> & { delayMs: number }>) =>
    sql<object>`
      update cancellation
      set next_at = statement_timestamp() + ${given.delayMs}::bigint * interval '1 ms'
      where schedule_id = ${given.scheduleId} and next_at = ${given.nextAt}::timestamptz
      returning schedule_id`,
);

/**
 * Lets other cancellations go first, unless this one has changed since it was found.
 * @param delayMs after how many ms it is due again
 */
export async function postponeCancellation(
  orm: Database,
  { scheduleId, nextAt }: DueCancellation,
  delayMs: number,
): Promise<void> {
  await rowsOf(orm, postpone({ scheduleId, nextAt, delayMs }));
}
