/**
 * Loads and locks the rows of a batch with one statement per table. Every transaction locks rows in the same order
 * (seats, bookings, points, queue entries, each by id), so lanes that need the same rows wait and never deadlock.
 *
 * The statements are built once, because `em.find` takes four times as long for the 256 rows of a full batch
 * (docs/decisions/0005).
 */
import { type RawBuilder, sql } from 'kysely';
import type { Send } from '../../src/db/connection/pipeline.ts';
import { anyOf, db, type Given, statement } from '../../src/db/statement.ts';
import type { Needs, RunningCommand } from '../handlers/handler.ts';
import { distinct } from './distinct.ts';
import { findAdjacentSeats } from './find-adjacent-seats.ts';
import { type Limited, loadLiveSeats, seatsOfExpiredHolds } from './load-live-seats.ts';
import { loadOperatorRows } from './load-operator-rows.ts';
import { loadQueueEntries } from './load-queue-rows.ts';
import { Rows } from './rows.ts';

/** A command and the rows it needs. */
export interface Needing {
  command: RunningCommand;
  needs: Needs;
}

/** Loads and locks the rows that the commands of a batch need. */
export async function loadRows(send: Send, batch: readonly Needing[]): Promise<Rows> {
  const rows = new Rows();
  const bookingIds = distinct(batch.flatMap(({ needs }) => needs.bookingIds ?? []));
  rows.adjacent = await findAdjacentSeats(send, batch);
  const seatIds = distinct([
    ...batch.flatMap(({ needs }) => needs.seatIds ?? []),
    ...[...rows.adjacent.choices.values()].flat(2),
  ]);
  const usersWith = (need: keyof Needs) =>
    distinct(batch.filter(({ needs }) => needs[need]).map(({ command }) => command.userId));
  const tokens = (use: Needs['queueToken']) =>
    distinct(
      batch
        .filter(({ needs }) => needs.queueToken === use)
        .flatMap(({ command }) => command.queueNumber ?? []),
    );

  const limited = { seatIds, userIds: seatIds.length > 0 ? usersWith('seatLimit') : [] };

  // Each function sends its statements before it awaits a result, so PostgreSQL takes the locks in this order.
  await Promise.all([
    loadSeats(send, rows, { ...limited, bookingIds }),
    loadLiveSeats(send, rows, limited),
    loadBookings(send, rows, bookingIds),
    loadPoints(send, rows, usersWith('points')),
    loadQueueEntries(send, rows, {
      locked: { numbers: tokens('end'), userIds: usersWith('waitingQueue') },
      onlyRead: tokens('check'),
    }),
    loadOperatorRows(send, rows, batch),
  ]);
  return rows;
}

interface WantedSeats {
  seatIds: readonly number[];
  bookingIds: readonly number[];
}

/** The seat of a booking never changes, so it can be looked up before any row is locked. */
const seatsNamed = ({ seatIds, bookingIds }: Given<WantedSeats>) =>
  sql<number[]>`${seatIds}::bigint[] || array(${db
    .selectFrom('booking')
    .select('seat_id')
    .where('id', '=', anyOf(bookingIds))})`;

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
      'concert_id as concertId',
      'title as concertTitle',
      'start_at as startAt',
      'booking_start_at as bookingStartAt',
      'booking_end_at as bookingEndAt',
    ])
    .where('seat.id', '=', anyOf(ids))
    .orderBy('seat.id')
    .forUpdate('seat');

const lockSeats = statement('lock seats', (given: Given<WantedSeats>) =>
  seatsIn(seatsNamed(given)),
);
const lockSeatsOfLimited = statement(
  'lock seats, and those of expired holds',
  (given: Given<WantedSeats & Limited>) =>
    seatsIn(sql`(${seatsNamed(given)} || ${seatsOfExpiredHolds(given)})`),
);

/** Also locks the seats of the limited users' expired holds, because a handler may end holds past their grace period. */
async function loadSeats(send: Send, rows: Rows, wanted: WantedSeats & Limited): Promise<void> {
  const { seatIds, bookingIds, userIds } = wanted;
  if (seatIds.length === 0 && bookingIds.length === 0) return;
  const found = await send(userIds.length > 0 ? lockSeatsOfLimited(wanted) : lockSeats(wanted));
  for (const seat of found) rows.seats.load(seat);
}

const lockBookings = statement('lock bookings', ({ ids }: Given<{ ids: readonly number[] }>) =>
  db
    .selectFrom('booking')
    .select([
      'id',
      'user_id as userId',
      'concert_id as concertId',
      'schedule_id as scheduleId',
      'seat_id as seatId',
      'price',
      'state',
      'hold_expires_at as holdExpiresAt',
      'created_at as createdAt',
      'ended_at as endedAt',
      'job_id as jobId',
      'seat_limit as seatLimit',
    ])
    .where('id', '=', anyOf(ids))
    .orderBy('id')
    .forUpdate(),
);

async function loadBookings(send: Send, rows: Rows, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  for (const booking of await send(lockBookings({ ids }))) rows.bookings.load(booking);
}

const lockPoints = statement('lock points', ({ userIds }: Given<{ userIds: readonly number[] }>) =>
  db
    .selectFrom('points')
    .select(['user_id as userId', 'balance'])
    .where('user_id', '=', anyOf(userIds))
    .orderBy('user_id')
    .forUpdate(),
);

async function loadPoints(send: Send, rows: Rows, userIds: readonly number[]): Promise<void> {
  if (userIds.length === 0) return;
  const found = await send(lockPoints({ userIds }));
  for (const userId of userIds) rows.points.load({ userId, balance: 0, isNew: true });
  for (const points of found) rows.points.load({ ...points, isNew: false });
}
