/** The orders of a performance in pieces, for a table of all of them. */
import { sql } from 'kysely';
import type { Order } from '../../../commands/schemas/resources.ts';
import type { Database } from '../../connection/orm.ts';
import { rowsOf } from '../../connection/pipeline.ts';
import { type Given, rareStatement } from '../../statement.ts';

export interface OrderLine {
  id: number;
  /** An expired hold that is not ended yet is `held`. */
  state: Order['state'];
  /** The user, and the name of the user's first access token. */
  subject: string;
  name: string | null;
  createdAt: Date;
  paidAt: Date | null;
  endedAt: Date | null;
  /** How many places it had when it was paid, has while it is held, or had when it expired or was cancelled unpaid. */
  places: number;
  /** Their names, such as `Stalls A 1` or `Standing`, in the order of the bookings. */
  placeNames: string[];
  /** In points. */
  total: number;
  refunded: number;
}

interface Page {
  scheduleId: number;
  /** The id of the last order of the piece before; 0 for the first piece. */
  after: number;
  limit: number;
}

/**
 * A place that was taken out of a hold before the hold ended is not counted. In a cancelled order, the time tells: places that end
 * with their order end at its time, which is that of the batch, so a place that was taken out in the same batch is counted too.
 */
const ordersAfter = rareStatement(
  ({ scheduleId, after, limit }: Given<Page>) => sql<OrderLine>`
    select app_order.id, app_order.state, subject, app_user.name, app_order.created_at as "createdAt",
      paid_at as "paidAt", app_order.ended_at as "endedAt", total, places.*
    from (
      select * from app_order where schedule_id = ${scheduleId} and id > ${after} order by id limit ${limit}
    ) as app_order
    join app_user on app_user.id = app_order.user_id
    cross join lateral (
      select count(*)::int as places, coalesce(sum(booking.price) filter (where ended_as = 'refunded'), 0)::bigint as refunded,
        coalesce(json_agg(coalesce(
          (select name from area where area.id = booking.area_id),
          concat_ws(' ', section, row_name, number)
        ) order by booking.id), '[]') as "placeNames"
      from booking left join seat on seat.id = booking.seat_id
      where order_id = app_order.id
        and case
          when paid_at is not null then ended_as is null or ended_as = 'refunded'
          when app_order.ended_at is null then ended_as is null
          when app_order.state = 'expired' then ended_as = 'expired'
          else booking.ended_at = app_order.ended_at
        end
    ) as places
    order by app_order.id`,
);

/** A piece of the orders, by id. Each piece is read by itself: the pieces are not of one moment. */
export function readOrderLines(orm: Database, page: Page): Promise<OrderLine[]> {
  return rowsOf(orm, ordersAfter(page));
}

const scheduleWith = rareStatement(
  ({ scheduleId }: Given<Pick<Page, 'scheduleId'>>) => sql<{ id: number }>`
    select id from schedule where id = ${scheduleId}`,
);

export async function hasSchedule(orm: Database, scheduleId: number): Promise<boolean> {
  return (await rowsOf(orm, scheduleWith({ scheduleId }))).length > 0;
}
