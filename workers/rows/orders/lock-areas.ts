/**
 * The statement that locks areas. Whoever changes a booking of an area has locked the area's row before, so under that lock
 * neither the row nor its bookings change. Areas come before seats, because few rows serve many commands.
 */
import { sql } from 'kysely';
import type { Send } from '../../../src/db/connection/pipeline.ts';
import { anyOf, db, type Given, statement } from '../../../src/db/statement.ts';
import { expiredOrdersIn, type WantedAreas } from './expired-places.ts';
import { expiredOrdersOfLimited, type Limited } from './load-live-seats.ts';
import { expiredOrdersOn, namedOrders, type Wanted } from './lock-seats.ts';

/** lock_not_available: lock_timeout */
const LOCKED_CODE = '55P03';

/** The orders that a handler may change or end. */
const ordersFor = (given: Given<Wanted & WantedAreas & Limited>) =>
  sql<number[]>`(${namedOrders(given)} || ${expiredOrdersOn(given.seatIds)}
    || ${expiredOrdersOfLimited(given)} || ${expiredOrdersIn(given, namedOrders(given))})`;

const lock = statement('lock areas', (given: Given<Wanted & WantedAreas & Limited>) =>
  db
    .selectFrom('area')
    .innerJoin('schedule', 'schedule.id', 'schedule_id')
    .innerJoin('concert', 'concert.id', 'concert_id')
    .select([
      'area.id',
      'schedule_id as scheduleId',
      'name',
      'price',
      'capacity',
      'held',
      'sold',
      'concert_id as concertId',
      'queue_id as queueId',
      'title as concertTitle',
      'start_at as startAt',
      'booking_start_at as bookingStartAt',
      'booking_end_at as bookingEndAt',
    ])
    .where(
      'area.id',
      '=',
      anyOf(
        sql<number[]>`(${given.areaIds}::bigint[] || array(${db
          .selectFrom('booking')
          .select('area_id')
          .where('order_id', '=', anyOf(ordersFor(given)))
          .where('live_state', 'is not', null)
          .where('area_id', 'is not', null)}))`,
      ),
    )
    .orderBy('area.id')
    .forUpdate('area'),
);

/** The errors of statements that waited for an area until the lock timeout. */
const busy = new WeakSet<object>();

/** Whether a batch failed because another transaction kept an area locked. It had locked no seat or order yet. */
export function isAreaBusy(error: unknown): boolean {
  return typeof error === 'object' && error !== null && busy.has(error);
}

/** Locks the wanted areas, those of the named orders, and those of orders that a handler may end because their hold has run out. */
export async function lockAreas(send: Send, wanted: Wanted & WantedAreas & Limited) {
  try {
    return await send(lock(wanted));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === LOCKED_CODE) busy.add(error);
    throw error;
  }
}
