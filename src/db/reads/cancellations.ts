/** How far the orders of cancelled performances have been ended and refunded. */
import { sql } from 'kysely';
import type { Database } from '../connection/orm.ts';
import { rowsOf } from '../connection/pipeline.ts';
import { type Given, rareStatement } from '../statement.ts';

export interface CancellationProgress {
  /** The orders with money that the cancellation concerns, paid or charged to a card too late: `refunded`, `pending` and `failed` together. */
  orders: number;
  /** Those whose money is back: in points, or on the card, or an operator has ended the refund to the card. */
  refunded: number;
  /** Those that have not ended, or whose refund to a card has not. */
  pending: number;
  /** Those of which the last command to refund them failed, which the next pass tries again; or the refund to the card failed. */
  failed: number;
  /** The held orders that have not ended yet. */
  holds: number;
  /** Whether all orders have ended and are refunded, and none can be added any more. */
  isFinished: boolean;
}

export interface FailedOrder {
  orderId: number;
  /** ISO 8601. */
  failedAt: string;
}

/** What a read of one cancellation returns at most of the orders that failed. */
const FAILED_MAX = 100;
/** Maximum of cancellations on the board. */
const BOARD_MAX = 12;

type Counts = Omit<CancellationProgress, 'isFinished'>;

/**
 * The counts of the orders of `schedule`. An order that ended before the cancellation is not concerned. A card may be charged for an
 * order that never was paid: its page was still open when the order ended. `is_live` is null for an order that has ended.
 */
const counts = sql`
  select count(*) filter (where has_money)::int as orders,
    count(*) filter (where has_money and not is_pending and not is_failed)::int as refunded,
    count(*) filter (where has_money and is_pending and not is_failed)::int as pending,
    count(*) filter (where has_money and is_failed)::int as failed,
    count(*) filter (where is_live and not is_paid)::int as holds
  from (
    select is_live, paid_at is not null as is_paid, paid_at is not null or card.is_charged as has_money,
      is_live is true or card.is_owed as is_pending,
      is_live is true and failure.order_id is not null or card.is_refused as is_failed
    from app_order
    left join cancellation_failure as failure on failure.order_id = app_order.id
    cross join lateral (
      select coalesce(bool_or(captured > 0), false) as is_charged,
        coalesce(bool_or(refunding > 0), false) as is_owed,
        coalesce(bool_or(refunding > 0 and exists (
          select from card_refund where checkout_id = checkout.id and card_refund.state = 'failed'
        )), false) as is_refused
      from checkout where checkout.order_id = app_order.id
    ) as card
    where app_order.schedule_id = schedule.id and (is_live or ended_at >= schedule.cancelled_at)
  ) as concerned`;

/**
 * Whether no order can be added any more: every transaction that may have missed the cancellation has ended. The timer ends a pass after
 * the cancellation was committed, and stamps the row with its transaction (`xmin`): older ones have ended once the oldest that runs is
 * newer. A batch has its transaction id, by the lock of its lanes, before it reads a schedule. After a retry by an operator, whose
 * transaction may be older than the cancellation, `pass` is further ahead of `tried_pass`. The last pass, after which `next_at` is null,
 * comes much later.
 */
const hasAllOrders = sql<boolean>`(next_at is null or tried_pass > 0 and pass = tried_pass + 1
  and age(cancellation.xmin) > age(pg_snapshot_xmin(pg_current_snapshot())::xid))`;

const progressOf = rareStatement(
  ({ scheduleId }: Given<{ scheduleId: number }>) => sql<
    Counts & { isCancelled: boolean; isFinished: boolean; failures: FailedOrder[] | null }
  >`
    select cancelled_at is not null as "isCancelled", counts.*,
    ${hasAllOrders} and counts.pending + counts.failed + counts.holds = 0 as "isFinished", (
      select json_agg(json_build_object('orderId', order_id, 'failedAt', failed_at)) from (
        select order_id, failed_at from cancellation_failure
        join app_order on app_order.id = order_id and is_live
        where cancellation_failure.schedule_id = schedule.id
        order by order_id limit ${sql.lit(FAILED_MAX)}
      ) as first_failed
    ) as failures
    from schedule left join cancellation on cancellation.schedule_id = schedule.id
    left join lateral (${counts}) as counts on cancelled_at is not null
    where schedule.id = ${scheduleId}`,
);

/** @returns undefined if the schedule does not exist, null if its performance is not cancelled */
export async function readCancellation(
  orm: Database,
  scheduleId: number,
): Promise<(CancellationProgress & { failures: FailedOrder[] }) | null | undefined> {
  const [found] = await rowsOf(orm, progressOf({ scheduleId }));
  if (!found) return undefined;
  const { isCancelled, failures, ...progress } = found;
  if (!isCancelled) return null;
  const toIso = (failedAt: string) => new Date(failedAt).toISOString();
  return {
    ...progress,
    failures: (failures ?? []).map((each) => ({ ...each, failedAt: toIso(each.failedAt) })),
  };
}

/** A cancellation on the board. */
export interface CancellationFigures extends Counts {
  scheduleId: number;
  title: string;
  /** ISO 8601. */
  startAt: string;
  /** Of the venue, a name of the IANA database. */
  timeZone: string;
}

const unfinished = rareStatement(
  () => sql<Omit<CancellationFigures, 'startAt'> & { startAt: Date }>`
    select schedule.id as "scheduleId", title, start_at as "startAt", time_zone as "timeZone", counts.*
    from (
      select schedule_id, created_at, is_checking from cancellation where next_at is not null
      order by created_at desc, schedule_id desc limit ${sql.lit(BOARD_MAX)}
    ) as unfinished
    join schedule on schedule.id = schedule_id
    join concert on concert.id = concert_id
    cross join lateral (${counts}) as counts
    where not is_checking or counts.pending + counts.failed > 0
    order by unfinished.created_at desc, schedule.id desc`,
);

/** The newest cancelled performances of which a live order, or a refund to a card, may be left. Their counts read all orders that each has had. */
export async function readUnfinishedCancellations(orm: Database): Promise<CancellationFigures[]> {
  const rows = await rowsOf(orm, unfinished({}));
  return rows.map((row) => ({ ...row, startAt: row.startAt.toISOString() }));
}
