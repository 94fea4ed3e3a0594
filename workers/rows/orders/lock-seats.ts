/**
 * The statements that lock seats. Whoever changes an order has locked the seats of all its live bookings before. Their set
 * can be looked up before any row is locked: an order never gets further bookings.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Send } from '../../../src/db/connection/pipeline.ts';
import { anyOf, db, type Given, statement } from '../../../src/db/statement.ts';
import { expiredOrdersIn, type WantedAreas } from './expired-places.ts';
import { expiredOrdersOfLimited, isHoldOver, type Limited } from './load-live-seats.ts';

/** The seats that commands want, and the orders that they name, themselves or by a booking. */
export interface Wanted extends Named {
  seatIds: readonly number[];
}

/** Orders, named themselves or by a booking. */
export interface Named {
  orderIds: readonly number[];
  bookingIds: readonly number[];
}

/** The ids of the named orders. The order of a booking never changes. */
export const namedOrders = ({ orderIds, bookingIds }: Given<Named>) =>
  sql<number[]>`(${orderIds}::bigint[] || array(${db
    .selectFrom('booking')
    .select('order_id')
    .where('id', '=', anyOf(bookingIds))}))`;

/** The ids of the orders whose hold on one of these seats has expired. */
const expiredOrdersOn = (seatIds: RawBuilder<readonly number[]>) =>
  sql<number[]>`array(${db
    .selectFrom('booking')
    .select('order_id')
    .where('seat_id', '=', anyOf(seatIds))
    .where(isHoldOver)})`;

/**
 * These seats, and those of the live bookings of these orders. The condition is on `is_live`: one on `ended_as` would allow a
 * plan, made while the tables were small, that reads the whole index of live bookings.
 */
const withSeatsOf = (orders: RawBuilder<unknown>, seatIds: RawBuilder<readonly number[]>) =>
  sql<number[]>`(${seatIds}::bigint[] || array(${db
    .selectFrom('booking')
    .select('seat_id')
    .where('order_id', '=', anyOf(sql<number[]>`(${orders})`))
    .where(sql<boolean>`is_live`)}))`;

const seatsIn = (ids: RawBuilder<number[]>) =>
  db
    .selectFrom('seat')
    .innerJoin('schedule', 'schedule.id', 'schedule_id')
    .innerJoin('concert', 'concert.id', 'concert_id')
    .select([
      'seat.id',
      'schedule_id as scheduleId',
      'range_index as range',
      'section',
      'row_name as rowName',
      'number',
      'price',
      'state',
      'held_until as heldUntil',
      'blocked_reason as blockedReason',
      'kind',
      'accessible_until as accessibleUntil',
      'concert_id as concertId',
      'title as concertTitle',
      'queue_id as queueId',
      'start_at as startAt',
      'booking_start_at as bookingStartAt',
      'booking_end_at as bookingEndAt',
      'cancelled_at as cancelledAt',
      'closed_at as closedAt',
    ])
    .select(sql<boolean>`(state = 'held' and held_until <= now())`.as('isRunOut'))
    .where('seat.id', '=', anyOf(ids))
    .orderBy('seat.id')
    .forUpdate('seat');

const ordersFor = (given: Given<Wanted>) =>
  sql`${namedOrders(given)} || ${expiredOrdersOn(given.seatIds)}`;

const lock = statement('lock seats', (given: Given<Wanted>) =>
  seatsIn(withSeatsOf(ordersFor(given), given.seatIds)),
);
const lockWithLimited = statement(
  'lock seats, and those of expired holds',
  (given: Given<Wanted & Limited>) =>
    seatsIn(
      withSeatsOf(sql`${ordersFor(given)} || ${expiredOrdersOfLimited(given)}`, given.seatIds),
    ),
);

/** The orders that a handler may change or end, with places of areas too. */
export const ordersToChange = (given: Given<Wanted & Limited & WantedAreas>) =>
  sql`${ordersFor(given)} || ${expiredOrdersOfLimited(given)}
    || ${expiredOrdersIn(given, namedOrders(given))}`;

const lockWithAreas = statement(
  'lock seats, and those of holds expired in areas',
  (given: Given<Wanted & Limited & WantedAreas>) =>
    seatsIn(withSeatsOf(ordersToChange(given), given.seatIds)),
);

/**
 * Locks the wanted seats and those of the named orders. Also locks the seats of orders that a handler may end because their
 * hold has run out: those that hold a wanted seat, those of the limited users, and those with places that an area lacks.
 */
export function lockSeats(send: Send, wanted: Wanted & Limited & WantedAreas) {
  if (wanted.areaIds.length > 0) return send(lockWithAreas(wanted));
  return send(wanted.userIds.length > 0 ? lockWithLimited(wanted) : lock(wanted));
}
