/**
 * The statement that locks areas. Whoever changes a booking of an area has locked the area's row before, so under that lock
 * neither the row nor its bookings change. Areas come before seats, because few rows serve many commands.
 */
import { sql } from 'kysely';
import type { Send } from '../../../src/db/connection/pipeline.ts';
import { saleClosedAt } from '../../../src/db/reads/on-sale.ts';
import { anyOf, db, type Given, statement } from '../../../src/db/statement.ts';
import type { WantedAreas } from './expired-places.ts';
import type { Limited } from './load-live-seats.ts';
import { ordersToChange, type Wanted } from './lock-seats.ts';

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
      'cancelled_at as cancelledAt',
    ])
    .select(saleClosedAt.as('closedAt'))
    .where(
      'area.id',
      '=',
      anyOf(
        sql<number[]>`(${given.areaIds}::bigint[] || array(${db
          .selectFrom('booking')
          .select('area_id')
          .where('order_id', '=', anyOf(sql<number[]>`(${ordersToChange(given)})`))
          .where(sql<boolean>`is_live`)
          .where('area_id', 'is not', null)}))`,
      ),
    )
    .orderBy('area.id')
    .forUpdate('area'),
);

/** Which areas a batch locks beside those that its commands want. */
export interface AreaLocks {
  /** Whether those of the orders that commands name or may end. */
  locksAreas: boolean;
  areaIds: readonly number[];
}

const errors = new WeakSet<Error>();

/** Whether a batch failed while it locked areas. It had locked no seat or order yet. */
export function isOfLockingAreas(error: unknown): boolean {
  return error instanceof Error && errors.has(error);
}

/** Locks the wanted areas, those of the named orders, and those of orders that a handler may end because their hold has run out. */
export async function lockAreas(send: Send, wanted: Wanted & WantedAreas & Limited) {
  try {
    return await send(lock(wanted));
  } catch (error) {
    if (error instanceof Error) errors.add(error);
    throw error;
  }
}
