/**
 * The rows of a batch in memory, between load-rows.ts and write-rows.ts. Handlers read and change them here; write-rows.ts
 * then writes the changed and added rows. This module does not access the database.
 */
import { strict as assert } from 'node:assert';
import type { Row } from '../../src/db/tables.ts';
import type { BookingWindow } from '../../src/domain/holds.ts';
import { isExpired } from '../../src/domain/queue-entries.ts';
import type { AdjacentSeats } from './best-seats/find-adjacent-seats.ts';
import { type ExpiredHold, LiveSeats } from './live-seats.ts';
import { extendHold } from './money/extended-hold.ts';
import type { CardRefundRow, CheckoutRow, ExtendedHold, OwedCallRow } from './money/money-rows.ts';
import { MoneyRows } from './money/money-rows.ts';
import { byIdKind, type IdKind, NewIds } from './new-ids.ts';
import { type HallRow, HallRows } from './operators/hall-rows.ts';
import { OperatorLog } from './operators/operator-log.ts';
import type {
  CancellationRow,
  ConcertImageRow,
  ConcertRow,
  DrawRow,
  NewScheduleRow,
  ScheduleRow,
  SeatSegment,
  WebhookRow,
} from './operators/operator-rows.ts';
import { BookingTable, type HeldOrder, OrderTable } from './orders/order-tables.ts';
import { type PointHistoryRow, PointRows, type PointsRow } from './points/point-rows.ts';
import type {
  Departure,
  NumberingRow,
  QueueEntryRow,
  WaitingQueueRow,
} from './queue/queue-rows.ts';
import { type AppendOnly, Table } from './table.ts';
import type { CheckInRow, RefusedScanRow } from './tickets/ticket-rows.ts';

export type {
  CancellationRow,
  CardRefundRow,
  CheckoutRow,
  ConcertRow,
  Departure,
  DrawRow,
  HallRow,
  NewScheduleRow,
  NumberingRow,
  OwedCallRow,
  PointHistoryRow,
  QueueEntryRow,
  ScheduleRow,
  SeatSegment,
  WaitingQueueRow,
  WebhookRow,
};
export { type ExpiredHold, type IdKind, Table };

/** A seat, with the columns of its schedule and concert that handlers need. */
export interface SeatRow extends Omit<Row<'seat'>, 'rangeIndex' | 'category'>, BookingWindow {
  /** Adjacent seats share a range and have consecutive numbers. */
  range: number;
  /** Until when it is kept for who needs it, if it has a kind; null: until the end of the sale. */
  accessibleUntil: Date | null;
  concertId: number;
  concertTitle: string;
  /** The waiting queue that admits to its concert. */
  queueId: number;
}

/** An area, with the columns of its schedule and concert that handlers need. */
export interface AreaRow extends Row<'area'>, BookingWindow {
  concertId: number;
  /** The queue that admits to the concert. */
  queueId: number;
  concertTitle: string;
}

type OwnOfBooking = 'id' | 'orderId' | 'seatId' | 'areaId' | 'price';
type EndOfBooking = 'endedAs' | 'endedAt' | 'areaHeldUntil';

/** A booking, with the columns of its seat or area that outcomes show. Its user, performance and times are those of its order. */
export interface BookingRow
  extends Pick<Row<'booking'>, OwnOfBooking | EndOfBooking>,
    Pick<SeatRow, 'section' | 'rowName'> {
  number: number | null;
  areaName: string | null;
}

/** A booking of this batch. */
export interface NewBookingRow
  extends BookingRow,
    Omit<Row<'booking'>, 'isLive' | keyof BookingRow> {}

/** An order, with the columns of its schedule and concert that handlers need. */
export interface OrderRow
  extends Omit<Row<'app_order'>, 'isLive'>,
    Pick<SeatRow, 'concertTitle' | 'startAt' | 'cancelledAt'> {}

export type PaymentRow = Omit<Row<'payment'>, 'createdAt'>;

export type { CheckInRow } from './tickets/ticket-rows.ts';

export class Rows {
  readonly areas = new Table<AreaRow>((area) => area.id);
  readonly seats = new Table<SeatRow>((seat) => seat.id);
  /** Loaded with all its bookings, and the seats of the live ones, but for orders of scanned tickets, which are paid. */
  readonly orders = new OrderTable();
  readonly bookings = new BookingTable();
  readonly points = new PointRows();
  readonly queueEntries = new Table<QueueEntryRow>((entry) => entry.id);
  readonly waitingQueues = new Table<WaitingQueueRow>((queue) => queue.id);
  readonly numberings = new Table<NumberingRow>((numbering) => numbering.queueId);
  readonly concerts = new Table<ConcertRow>((concert) => concert.id);
  readonly concertImages = new Table<ConcertImageRow>(({ concertId }) => concertId);
  readonly newSchedules = new Table<NewScheduleRow>((schedule) => schedule.id);
  readonly schedules = new Table<ScheduleRow>((schedule) => schedule.id);
  readonly halls = new HallRows();
  readonly cancellations = new Table<CancellationRow>(({ scheduleId }) => scheduleId);
  readonly draws = new Table<DrawRow>((draw) => draw.id);
  readonly checkIns = new Table<CheckInRow>((checkIn) => checkIn.bookingId);
  readonly webhooks = new Table<WebhookRow>((webhook) => webhook.id);
  readonly refusedScans: RefusedScanRow[] = [];
  readonly payments: AppendOnly<PaymentRow> = [];
  readonly departures: Departure[] = [];
  readonly operatorLog = new OperatorLog();
  /** Checkouts, refunds to cards, and calls to payment providers. */
  readonly money = new MoneyRows();
  /** The ids of the users that commands name by their subjects. */
  subjects: ReadonlyMap<string, number> = new Map();
  /** The live bookings that the seat limit per user needs. */
  readonly liveSeats = new LiveSeats();
  /** The schedules named by commands that exist, by id. */
  readonly namedSchedules = new Map<number, Pick<SeatRow, 'queueId' | 'cancelledAt'>>();
  /** The candidate seats of the commands that request the best available seats. */
  adjacentSeats: AdjacentSeats = { schedules: new Map(), choices: new Map() };
  /** Queue entries that a new order has prolonged. */
  readonly extendedEntries = new Set<QueueEntryRow>();
  /** The held orders of the users who pay, by queue entry, as they were when the entries were locked. */
  heldOrders: ReadonlyMap<number | null, readonly HeldOrder[]> = new Map();
  newIds = byIdKind(() => new NewIds([]));

  /** The user's waiting or active entry in a queue. An entry whose session has expired is ended here. */
  openQueueEntry(userId: number, queueId: number, now: Date): QueueEntryRow | undefined {
    for (const entry of this.queueEntries.values()) {
      if (entry.userId !== userId || entry.queueId !== queueId) continue;
      if (entry.state === 'ended') continue;
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

  /** Changes the end of an active queue entry, which goes on. */
  extendEntry(entry: QueueEntryRow, change: Pick<QueueEntryRow, 'expiresAt' | 'claimedAt'>): void {
    Object.assign(entry, change);
    this.extendedEntries.add(entry);
  }

  /** Prolongs the hold of a held order, whose areas and seats are locked. Later commands of the batch see the change. */
  extendHold(order: OrderRow, ends: Omit<ExtendedHold, 'orderId'>): void {
    extendHold(this, order, ends);
  }

  /** The held orders that were placed under a queue entry, those of this batch included. */
  ordersHeldWith(entryId: number): HeldOrder[] {
    const loaded = this.orders.ofEntry(entryId).filter(({ state }) => state === 'held');
    const others = this.heldOrders.get(entryId) ?? [];
    return [...loaded, ...others.filter(({ id }) => !this.orders.get(id))];
  }

  /** The id of a user whom a command names. */
  userOf(subject: string): number {
    const userId = this.subjects.get(subject);
    assert(userId, 'A handler read a user whom its needs did not declare.');
    return userId;
  }

  pointsOf(userId: number): Readonly<PointsRow> {
    const points = this.points.get(userId);
    assert(points, 'A handler read points that its needs did not declare.');
    return points;
  }
}
