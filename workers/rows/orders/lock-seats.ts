/**
 * The statements that lock seats. Whoever changes an order has locked the seats of all its live bookings before. Their set
 * can be looked up before any row is locked: an order never gets further bookings.
 */
import { strict as assert } from 'node:assert';
import { type InferResult, type RawBuilder, sql } from 'kysely';
import type { Send } from '../../../src/db/connection/pipeline.ts';
import { saleClosedAt } from '../../../src/db/reads/on-sale.ts';
import { anyOf, db, type Given, statement } from '../../../src/db/statement.ts';
import type { SeatRow } from '../rows.ts';
import { expiredOrdersIn, type WantedAreas } from './expired-places.ts';
import { expiredOrdersOfLimited, isHoldOver, type Limited } from './load-live-seats.ts';
import { type Named, namedOrders } from './named-orders.ts';

/** The seats that commands want, and the orders that they name, themselves or by a booking. */
export interface Wanted extends Named {
  seatIds: readonly number[];
}

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

/** What handlers need of the schedule of a seat and its concert; times as ISO 8601, because JSON has none. */
interface ScheduleFacts {
  about: Pick<SeatRow, 'concertId' | 'concertTitle' | 'queueId'>;
  times: Record<'startAt' | 'bookingStartAt' | 'bookingEndAt', string> &
    Record<'accessibleUntil' | 'cancelledAt' | 'closedAt', string | null>;
}

/**
 * The facts of its schedule, on the first of a run of seats; null on the others. With the six times of the schedule in each row, this
 * statement takes PostgreSQL 4.0 instead of 2.2 µs for a seat.
 */
const factsOfRun = sql<ScheduleFacts | null>`(case
  when lag(schedule_id) over (order by id) = schedule_id then null else (
    select json_build_object(
      'about', json_build_object('concertId', concert_id, 'concertTitle', title, 'queueId', queue_id),
      'times', json_build_object('accessibleUntil', accessible_until, 'startAt', start_at,
        'bookingStartAt', booking_start_at, 'bookingEndAt', booking_end_at, 'cancelledAt', cancelled_at,
        'closedAt', ${saleClosedAt}))
    from schedule join concert on concert.id = concert_id where schedule.id = locked.schedule_id) end)`;

const seatsIn = (ids: RawBuilder<number[]>) =>
  db
    .with(
      (locked) => locked('locked').materialized(),
      (with_) =>
        with_
          .selectFrom('seat')
          .select(['id', 'schedule_id', 'range_index', 'section', 'row_name', 'number', 'price'])
          .select(['state', 'held_until', 'blocked_reason', 'kind'])
          .where('id', '=', anyOf(ids))
          .orderBy('id')
          .forUpdate(),
    )
    .selectFrom('locked')
    .select(['id', 'schedule_id as scheduleId', 'range_index as range', 'section'])
    .select(['row_name as rowName', 'number', 'price', 'state', 'held_until as heldUntil'])
    .select(['blocked_reason as blockedReason', 'kind'])
    .select(sql<boolean>`(state = 'held' and held_until <= now())`.as('isRunOut'))
    .select(factsOfRun.as('facts'))
    .orderBy('id');

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
export async function lockSeats(
  send: Send,
  wanted: Wanted & Limited & WantedAreas,
): Promise<LockedSeat[]> {
  if (wanted.areaIds.length > 0) return withSchedules(await send(lockWithAreas(wanted)));
  const isLimited = wanted.userIds.length > 0;
  return withSchedules(await send(isLimited ? lockWithLimited(wanted) : lock(wanted)));
}

export interface LockedSeat extends SeatRow {
  /** Whether its hold and the grace period are over. */
  isRunOut: boolean;
}

type FoundSeat = InferResult<ReturnType<typeof seatsIn>>[number];
type OfSchedule = Omit<LockedSeat, keyof FoundSeat>;

/** Gives each seat the facts of its run. */
function withSchedules(found: readonly FoundSeat[]): LockedSeat[] {
  let ofRun: OfSchedule | undefined;
  return found.map((seat) => {
    if (seat.facts) ofRun = toColumns(seat.facts);
    assert(ofRun, `Seat ${seat.id} was locked without the facts of schedule ${seat.scheduleId}.`);
    return { ...seat, ...ofRun };
  });
}

function toColumns({ about, times }: ScheduleFacts): OfSchedule {
  return {
    ...about,
    accessibleUntil: toDate(times.accessibleUntil),
    startAt: new Date(times.startAt),
    bookingStartAt: new Date(times.bookingStartAt),
    bookingEndAt: new Date(times.bookingEndAt),
    cancelledAt: toDate(times.cancelledAt),
    closedAt: toDate(times.closedAt),
  };
}

const toDate = (time: string | null) => (time === null ? null : new Date(time));
