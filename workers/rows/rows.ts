/**
 * The rows of a batch in memory, between load-rows.ts and write-rows.ts. Handlers read and change them here; write-rows.ts
 * then writes the changed and added rows. This module does not access the database.
 */
import { strict as assert } from 'node:assert';
import type { SeatRange } from '../../src/commands/operators/create-schedule.ts';
import type { Row } from '../../src/db/tables.ts';
import type { BookingWindow } from '../../src/domain/holds.ts';
import { isExpired } from '../../src/domain/queue-entries.ts';
import type { AdjacentSeats } from './find-adjacent-seats.ts';
import { LiveSeats } from './live-seats.ts';

/** A seat, with the columns of its schedule and concert that handlers need. */
export interface SeatRow extends Omit<Row<'seat'>, 'rangeIndex'>, BookingWindow {
  /** Adjacent seats share a range and have consecutive numbers. */
  range: number;
  concertId: number;
  concertTitle: string;
}

export type BookingRow = Row<'booking'>;

export interface PointsRow extends Row<'points'> {
  /** Whether the user has no row yet; the first change inserts it. */
  isNew: boolean;
}

/** A new history row; the insert sets its id and time. */
export type PointHistoryRow = Omit<Row<'point_history'>, 'id' | 'createdAt'>;

export type PaymentRow = Omit<Row<'payment'>, 'createdAt'>;

export type QueueEntryRow = Omit<
  Row<'queue_entry'>,
  'ticket' | 'drawnFor' | 'admittedAt' | 'seenAt' | 'claimedAt'
>;

export type ConcertRow = Omit<Row<'concert'>, 'createdAt'>;

/** A new schedule, with the ranges from which its seats are generated. */
export interface ScheduleRow extends Row<'schedule'> {
  ranges: readonly SeatRange[];
}

export type DrawRow = Omit<Row<'draw'>, 'drawnAt' | 'places' | 'firstNumber'>;

export type WebhookRow = Row<'webhook'>;

/** Rows whose ids appear in outcomes. Their ids are drawn before any row is written. */
export const ID_KINDS = ['booking', 'payment', 'concert', 'schedule', 'webhook'] as const;
export type IdKind = (typeof ID_KINDS)[number];

/** A record with one value for each kind of id. */
export function byIdKind<Value>(make: (kind: IdKind) => Value): Record<IdKind, Value> {
  return Object.fromEntries(ID_KINDS.map((kind) => [kind, make(kind)])) as Record<IdKind, Value>;
}

export interface WaitingQueueRow extends Omit<Row<'waiting_queue'>, 'lastAdmitted'> {
  isChanged: boolean;
}

/** The loaded rows of one table by key, and which of them were changed or added. */
export class Table<Row extends object> {
  readonly #keyOf: (row: Row) => number;
  readonly #rows = new Map<number, Row>();
  readonly changed = new Set<Row>();
  readonly added = new Set<Row>();

  constructor(keyOf: (row: Row) => number) {
    this.#keyOf = keyOf;
  }

  /** Adds a row as loaded from the database. */
  load(row: Row): void {
    this.#rows.set(this.#keyOf(row), row);
  }

  get(key: number): Row | undefined {
    return this.#rows.get(key);
  }

  values(): Iterable<Row> {
    return this.#rows.values();
  }

  /** Changes a row. Later commands of the batch see the change; it is written at the end of the batch. */
  change(row: Row, change: Partial<Row>): void {
    Object.assign(row, change);
    if (!this.added.has(row)) this.changed.add(row);
  }

  add(row: Row): Row {
    this.load(row);
    this.added.add(row);
    return row;
  }
}

/** Ids that the batch drew from the sequences before its commands were applied. */
export class NewIds {
  readonly #ids: readonly number[];
  #next = 0;

  constructor(ids: readonly number[]) {
    this.#ids = ids;
  }

  take(): number {
    const id = this.#ids[this.#next];
    this.#next += 1;
    assert(id !== undefined, 'A handler took more ids than its needs declared.');
    return id;
  }
}

/**
 * Thrown by a handler when another transaction changed rows after the batch had chosen which ones to lock. The batch is
 * rolled back and retried.
 */
export class RowsChanged extends Error {
  override name = 'RowsChanged';
}

export class Rows {
  readonly seats = new Table<SeatRow>((seat) => seat.id);
  readonly bookings = new Table<BookingRow>((booking) => booking.id);
  readonly points = new Table<PointsRow>((points) => points.userId);
  readonly queueEntries = new Table<QueueEntryRow>((entry) => entry.number);
  readonly concerts = new Table<ConcertRow>((concert) => concert.id);
  readonly schedules = new Table<ScheduleRow>((schedule) => schedule.id);
  readonly draws = new Table<DrawRow>((draw) => draw.concertId);
  readonly webhooks = new Table<WebhookRow>((webhook) => webhook.id);
  readonly payments: PaymentRow[] = [];
  readonly history: PointHistoryRow[] = [];
  /** Seats whose expired hold was replaced or ended, so that its booking must end too. */
  readonly seatsWithEndedHold = new Set<number>();
  /** The live bookings that the seat limit per user needs. */
  readonly liveSeats = new LiveSeats();
  /** The candidate seats of the commands that request the best available seats. */
  adjacent: AdjacentSeats = { halls: new Map(), choices: new Map() };
  waitingQueue: WaitingQueueRow | undefined;
  newIds = byIdKind(() => new NewIds([]));

  /** The user's waiting or active queue entry. An entry whose session has expired is ended here. */
  openQueueEntry(userId: number, now: Date): QueueEntryRow | undefined {
    for (const entry of this.queueEntries.values()) {
      if (entry.userId !== userId || entry.state === 'ended') continue;
      if (!isExpired(entry, now)) return entry;
      const { expiresAt: endedAt } = entry;
      this.queueEntries.change(entry, { state: 'ended', endedAt, endReason: 'expired' });
    }
    return undefined;
  }

  /** Seeds for draws, generated by PostgreSQL. */
  seeds: string[] = [];

  takeSeed(): string {
    const seed = this.seeds.pop();
    assert(seed, 'A handler took more seeds than its needs declared.');
    return seed;
  }

  /** Ends the booking of a seat whose hold has expired. The caller changes the seat. */
  endHoldOf(seatId: number): void {
    this.seatsWithEndedHold.add(seatId);
    this.liveSeats.endHold(seatId);
    for (const booking of this.bookings.values()) {
      if (booking.seatId === seatId && booking.state === 'held') booking.state = 'expired';
    }
  }

  pointsOf(userId: number): PointsRow {
    const points = this.points.get(userId);
    assert(points, 'A handler read points that its needs did not declare.');
    return points;
  }
}
