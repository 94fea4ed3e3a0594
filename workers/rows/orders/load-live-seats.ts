/** Loads the live bookings, and the expired holds among them, that count against the seat limit per user. */
import { type RawBuilder, sql } from 'kysely';
import type { Send } from '../../../src/db/connection/pipeline.ts';
import { anyOf, db, type Given, statement } from '../../../src/db/statement.ts';
import type { Rows } from '../rows.ts';

/** The seats to book, and the users whose bookings are limited. */
export interface Limited {
  seatIds: readonly number[];
  /** The schedules of which a command may book any seats, or places of areas. */
  scheduleIds: readonly number[];
  userIds: readonly number[];
}

/**
 * SQL: the booking's hold is over. In its grace period it still keeps the seat, so in lists it is held until then. A paid booking has the time of its former hold,
 * so the order, which says which of both it is, is looked up for these two.
 */
export const isHoldOver = sql<boolean>`(ended_as is null and hold_expires_at <= now()
  and (select state from app_order where app_order.id = booking.order_id) = 'held')`;

/** The limited users' bookings in the schedules of the seats to book. */
const bookings = ({ seatIds, scheduleIds, userIds }: Given<Limited>) => {
  const schedules = db
    .selectFrom('seat')
    .select('schedule_id')
    .distinct()
    .where('id', '=', anyOf(seatIds));
  return db
    .selectFrom('booking')
    .where('user_id', '=', anyOf(userIds))
    .where(
      'schedule_id',
      '=',
      anyOf(sql<number[]>`(${scheduleIds}::bigint[] || array(${schedules}))`),
    );
};

/** The limited users' orders whose hold has expired. */
export const expiredOrdersOfLimited = (limited: Given<Limited>): RawBuilder<number[]> =>
  sql`array(${bookings(limited).select('order_id').where(isHoldOver)})`;

const liveSeats = statement('live seats', (limited: Given<Limited>) =>
  bookings(limited)
    .select(['user_id as userId', 'schedule_id as scheduleId'])
    .select([
      sql<number>`count(*)::int`.as('live'),
      sql<[bookingId: number, orderId: number, seatId: number | null, isRunOut: boolean][] | null>`
        json_agg(json_build_array(id, order_id, seat_id, coalesce(area_held_until <= now(), false)))
        filter (where ${isHoldOver})`.as('expired'),
    ])
    .where('ended_as', 'is', null)
    .groupBy(['user_id', 'schedule_id']),
);

/** The count includes expired holds, because they can be paid until they are ended. */
export async function loadLiveSeats(send: Send, rows: Rows, limited: Limited): Promise<void> {
  if (limited.userIds.length === 0) return;
  for (const { userId, scheduleId, live, expired } of await send(liveSeats(limited))) {
    const oldestFirst = (expired ?? []).toSorted(([a], [b]) => a - b);
    const holds = oldestFirst.map(([bookingId, orderId, seatId, isRunOut]) => {
      return { bookingId, orderId, seatId, isRunOut };
    });
    rows.liveSeats.load(userId, scheduleId, live, holds);
  }
}
