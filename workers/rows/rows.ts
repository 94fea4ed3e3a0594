/**
 * The rows that a batch works on, in memory between load-rows.ts and write-rows.ts. Handlers read
 * and change them here; what was changed or added is what gets written. It talks to no database.
 */
import { strict as assert } from 'node:assert';
import type { SeatRange } from '../../src/commands/operators/create-schedule.ts';
import type { Row } from '../../src/db/tables.ts';
import type { BookingWindow } from '../../src/domain/holds.ts';
import { isRunOut } from '../../src/domain/queue-entries.ts';
import type { AdjacentSeats } from './find-adjacent-seats.ts';
import { LiveSeats } from './live-seats.ts';

/** A seat, with what commands ask about its schedule and concert. */
export interface SeatRow extends Omit<Row<'seat'>, 'rangeIndex'>, BookingWindow {
  /** Neighbours share a range and have consecutive numbers. */
  range: number;
  concertId: number;
  concertTitle: string;
}

export type BookingRow = Row<'booking'>;

export interface PointsRow extends Row<'points'> {
  /** The user has no row yet: the first change makes it. */
  isNew: boolean;
}

/** A line that is new: its id and its time come with the writing. */
export type PointHistoryRow = Omit<Row<'point_history'>, 'id' | 'createdAt'>;

export type PaymentRow = Omit<Row<'payment'>, 'createdAt'>;

export type QueueEntryRow = Omit<
  Row<'queue_entry'>,
  'ticket' | 'drawnFor' | 'admittedAt' | 'seenAt' | 'claimedAt'
>;

export type ConcertRow = Omit<Row<'concert'>, 'createdAt'>;

/** A schedule that is new, with what its seats are made of. */
export interface ScheduleRow extends Row<'schedule'> {
  ranges: readonly SeatRange[];
}

export type DrawRow = Omit<Row<'draw'>, 'drawnAt' | 'places' | 'firstNumber'>;

export type WebhookRow = Row<'webhook'>;

/** The rows whose ids outcomes give: they are drawn before anything is written. */
export const ID_KINDS = ['booking', 'payment', 'concert', 'schedule', 'webhook'] as const;
export type IdKind = (typeof ID_KINDS)[number];

export interface WaitingQueueRow extends Omit<Row<'waiting_queue'>, 'lastAdmitted'> {
  isChanged: boolean;
}

/** The rows of one table, by key, with what became of them. */
export class Table<Row extends object> {
  readonly #keyOf: (row: Row) => number;
  readonly #rows = new Map<number, Row>();
  readonly changed = new Set<Row>();
  readonly added = new Set<Row>();

  constructor(keyOf: (row: Row) => number) {
    this.#keyOf = keyOf;
  }

  /** Takes in a row as the database has it. */
  load(row: Row): void {
    this.#rows.set(this.#keyOf(row), row);
  }

  get(key: number): Row | undefined {
    return this.#rows.get(key);
  }

  values(): Iterable<Row> {
    return this.#rows.values();
  }

  /** Notes a change for the end of the batch; the next command of the batch sees it at once. */
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
 * Thrown by a handler whose rows are not what the batch went by when it chose which to lock, because another
 * transaction was faster. The batch is rolled back and tried again.
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
  /** Seats whose hold had run out and was replaced or ended: their old bookings end. */
  readonly seatsWithEndedHold = new Set<number>();
  /** Live bookings of a user and schedule, as many as are needed to hold them to the limit. */
  readonly liveSeats = new LiveSeats();
  /** Among which seats the commands choose that want the best ones. */
  adjacent: AdjacentSeats = { halls: new Map(), choices: new Map() };
  waitingQueue: WaitingQueueRow | undefined;
  newIds: Record<IdKind, NewIds> = {
    booking: new NewIds([]),
    payment: new NewIds([]),
    concert: new NewIds([]),
    schedule: new NewIds([]),
    webhook: new NewIds([]),
  };

  /** The user's place that is waiting or active. One whose session has run out is ended here. */
  openQueueEntry(userId: number, now: Date): QueueEntryRow | undefined {
    for (const entry of this.queueEntries.values()) {
      if (entry.userId !== userId || entry.state === 'ended') continue;
      if (!isRunOut(entry, now)) return entry;
      const { expiresAt: endedAt } = entry;
      this.queueEntries.change(entry, { state: 'ended', endedAt, endReason: 'expired' });
    }
    return undefined;
  }

  /** Seeds for draws, made by the database's random source. */
  seeds: string[] = [];

  takeSeed(): string {
    const seed = this.seeds.pop();
    assert(seed, 'A handler took more seeds than its needs declared.');
    return seed;
  }

  /** Ends the booking of a seat whose hold has run out. The caller changes the seat. */
  endHoldOf(seatId: number): void {
    this.seatsWithEndedHold.add(seatId);
    this.liveSeats.endHold(seatId);
    for (const booking of this.bookings.values()) {
      if (booking.seatId === seatId && booking.state === 'held') booking.state = 'expired';
    }
  }

  pointsOf(userId: number): PointsRow {
    const points = this.points.get(userId);
    assert(points, 'A handler asked for points that its needs did not declare.');
    return points;
  }
}
