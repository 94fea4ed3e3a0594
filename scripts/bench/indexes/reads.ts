/** The reads that need an index: lists of a user, what is on sale, and the statistics of operators. */
import type { Database } from '../../../src/db/connection/orm.ts';
import { readScheduleFigures } from '../../../src/db/reads/board.ts';
import { type BookingFilter, listBookings } from '../../../src/db/reads/bookings.ts';
import { type HistoryFilter, listHistory } from '../../../src/db/reads/points.ts';
import { readSales } from '../../../src/db/reads/sales/figures.ts';
import { readSalesGroups } from '../../../src/db/reads/sales/groups.ts';
import { readSalesSeries } from '../../../src/db/reads/sales/series.ts';

export interface Read {
  what: string;
  /** The indexes that can serve the read; all are dropped for the comparison. */
  indexes: string[];
  /** SQL, or a read of `src/db/reads` that sends one statement. */
  read: string | ((orm: Database) => Promise<unknown>);
}

/** A page of a user's bookings or history, of the newest thousand seconds to half a million ago. */
const page = { subject: 'user 4711', before: undefined, limit: 20 };
const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();
const inTime = { from: ago(500_000), to: ago(1000) };
const bookings = (filter: Partial<BookingFilter>) => (orm: Database) =>
  listBookings(orm, { ...page, ...filter });
const history = (filter: Partial<HistoryFilter>) => (orm: Database) =>
  listHistory(orm, { ...page, kind: undefined, from: undefined, to: undefined, ...filter });

export const READS: Read[] = [
  {
    what: 'free seats of a 50,000-seat schedule',
    indexes: ['seat_by_schedule_and_state'],
    read: `select id, number, price from seat where schedule_id = 7 and state = 'available' order by id`,
  },
  {
    what: 'bookable schedules of a concert',
    indexes: ['schedule_bookable_by_concert'],
    read: `select * from schedule where concert_id = 7 and booking_start_at <= now()
      and booking_end_at > now() order by id limit 21`,
  },
  {
    what: 'schedules of a concert from a date',
    indexes: ['schedule_by_concert_and_start'],
    read: `select * from schedule where concert_id = 7 and start_at >= now() order by start_at, id limit 21`,
  },
  {
    what: 'why seats of a 50,000-seat schedule are blocked',
    indexes: ['seat_blocked_by_schedule'],
    read: `select id, blocked_reason from seat where schedule_id = 7 and blocked_reason is not null`,
  },
  {
    what: 'a page of a user’s expired bookings',
    indexes: ['booking_ended_by_user_and_time'],
    read: bookings({ state: 'expired' }),
  },
  {
    what: '… of some days',
    indexes: ['booking_ended_by_user_and_time'],
    read: bookings({ state: 'expired', ...inTime }),
  },
  {
    what: 'a page of a user’s paid bookings of some days',
    indexes: ['app_order_by_user_state_and_time'],
    read: bookings({ state: 'paid', ...inTime }),
  },
  {
    what: 'a page of a user’s bookings in all states',
    indexes: ['app_order_by_user_state_and_time', 'booking_ended_by_user_and_time'],
    read: bookings({}),
  },
  {
    what: 'a page of a user’s charges',
    indexes: ['point_history_by_user_kind_and_time'],
    read: history({ kind: 'charge' }),
  },
  {
    what: '… of some days',
    indexes: ['point_history_by_user_kind_and_time'],
    read: history({ kind: 'charge', ...inTime }),
  },
  {
    what: 'a page of a user’s history of all kinds',
    indexes: ['point_history_by_user_kind_and_time'],
    read: history({}),
  },
  {
    what: 'the board: places by state of twelve performances of 50,000 seats',
    indexes: ['seat_by_schedule_and_state', 'schedule_by_booking_end'],
    read: readScheduleFigures,
  },
  {
    what: 'sales of a performance of 50,000 seats: places by state, money',
    indexes: ['seat_by_schedule_and_state', 'app_order_by_schedule', 'booking_by_order'],
    read: (orm) => readSales(orm, 7),
  },
  {
    what: '… by day',
    indexes: ['app_order_by_schedule', 'booking_by_order'],
    read: (orm) => readSalesSeries(orm, { scheduleId: 7, step: 'day' }),
  },
  {
    what: '… by section',
    indexes: ['seat_by_schedule_and_state', 'app_order_by_schedule', 'booking_by_order'],
    read: (orm) => readSalesGroups(orm, { scheduleId: 7, by: 'section' }),
  },
  {
    what: 'expired holds',
    indexes: ['app_order_held_by_end'],
    read: `select id from app_order where is_live and paid_at is null and hold_expires_at <= now()
      order by hold_expires_at limit 5000`,
  },
];
