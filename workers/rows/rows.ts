/**
 * The rows that a batch works on, in memory between load-rows.ts and write-rows.ts. Handlers read
 * and change them here; what was changed or added is what gets written. It talks to no database.
 */
import { strict as assert } from 'node:assert';
import type { SeatRange } from '../../src/commands/create-schedule.ts';
import type { WebhookEvent } from '../../src/commands/webhook-events.ts';
import type { BookingWindow, Seat } from '../../src/domain/holds.ts';
import type { Booking } from '../../src/domain/payments.ts';
import { isRunOut, type QueueEntry } from '../../src/domain/queue-entries.ts';
import type { AdjacentSeats } from './find-adjacent-seats.ts';
import { LiveSeats } from './live-seats.ts';

export interface SeatRow extends Seat, BookingWindow {
  concertId: number;
  concertTitle: string;
  scheduleId: number;
  /** Neighbours share a range and have consecutive numbers. */
  range: number;
  section: string | null;
  row: string | null;
  number: number;
  /** In points. */
  price: number;
}

export interface BookingRow extends Booking {
  concertId: number;
  scheduleId: number;
  createdAt: Date;
  endedAt: Date | null;
  jobId: string;
  /** Of a new booking: how many live ones its user is allowed in the schedule, for the audit. */
  seatLimit?: number;
}

export interface PointsRow {
  userId: number;
  balance: number;
  /** The user has no row yet: the first change makes it. */
  isNew: boolean;
}

export interface PointHistoryRow {
  userId: number;
  kind: 'charge' | 'use' | 'refund';
  amount: number;
  balance: number;
  jobId: string;
}

export interface PaymentRow {
  id: number;
  bookingId: number;
  userId: number;
  seatId: number;
  price: number;
  kind: 'payment' | 'refund';
  balance: number;
  jobId: string;
}

export interface QueueEntryRow extends QueueEntry {
  jobId: string;
}

export interface ConcertRow {
  id: number;
  title: string;
  description: string | null;
}

export interface ScheduleRow {
  id: number;
  concertId: number;
  bookingStartAt: string;
  bookingEndAt: string;
  startAt: string;
  endAt: string;
  seatCount: number;
  ranges: readonly SeatRange[];
}

export interface DrawRow {
  concertId: number;
  seed: string;
  seedHash: string;
  gathersAt: Date;
  opensAt: Date;
  createdAt: Date;
}

export interface WebhookRow {
  id: number;
  url: string;
  commands: string[] | null;
  events: readonly WebhookEvent[];
  createdAt: Date;
  removedAt: Date | null;
}

/** The rows whose ids outcomes give: they are drawn before anything is written. */
export type IdKind = 'booking' | 'payment' | 'concert' | 'schedule' | 'webhook';

export interface WaitingQueueRow {
  lastNumber: number;
  waiting: number;
  isPaused: boolean;
  admitLimit: number | null;
  admitWindowMs: number | null;
  maxActive: number | null;
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
