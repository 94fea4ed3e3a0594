/**
 * Reads and locks what a batch needs, one statement a table, in the one order in which rows are
 * locked everywhere: seats, bookings, points, queue entries, each by id. Two lanes that want the same
 * rows wait for each other and never deadlock.
 *
 * The statements are written out because `em.find` takes four times as long for the 256 rows of a
 * full batch (docs/decisions/0005).
 */
import { sql } from 'kysely';
import type { Send } from '../../src/db/connection/pipeline.ts';
import { epochMs } from '../../src/db/reads/epoch-ms.ts';
import type { Needs, RunningCommand } from '../handlers/handler.ts';
import { distinct } from './distinct.ts';
import { findAdjacentSeats } from './find-adjacent-seats.ts';
import { loadLiveSeats, seatsOfRunOutHolds } from './load-live-seats.ts';
import { loadOperatorRows } from './load-operator-rows.ts';
import { type BookingRow, type QueueEntryRow, Rows, type SeatRow } from './rows.ts';

/** A command and what it needs. */
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

  const limited = seatIds.length > 0 ? usersWith('seatLimit') : [];

  // Each sends its statements before it waits, so they are sent, and lock, in this order.
  await Promise.all([
    loadSeats(send, rows, { seatIds, bookingIds, limited }),
    loadLiveSeats(send, rows, { seatIds, limited }),
    loadBookings(send, rows, bookingIds),
    loadPoints(send, rows, usersWith('points')),
    loadQueueEntries(send, rows, {
      locked: { numbers: tokens('end'), openOf: usersWith('waitingQueue') },
      onlyRead: tokens('check'),
    }),
    loadOperatorRows(send, rows, batch),
  ]);
  return rows;
}

interface SeatRecord {
  id: string;
  schedule_id: string;
  concert_id: string;
  title: string;
  start_at: number;
  range_index: number;
  blocked_reason: string | null;
  section: string | null;
  row_name: string | null;
  number: number;
  price: number;
  state: SeatRow['state'];
  held_until: number | null;
  booking_start_at: number;
  booking_end_at: number;
}

/**
 * A booking never changes its seat, so the seats of bookings can be found before anything is locked. So can the holds
 * of limited users that have run out by now, be it in their grace: their handlers may end those past it.
 */
async function loadSeats(
  send: Send,
  rows: Rows,
  { seatIds, bookingIds, limited }: { seatIds: number[]; bookingIds: number[]; limited: number[] },
): Promise<void> {
  if (seatIds.length === 0 && bookingIds.length === 0) return;
  const found = await send(sql<SeatRecord>`
    select seat.id, schedule_id, concert_id, title, range_index, section, row_name, number, price, state,
      blocked_reason,
      ${epochMs('start_at')} as start_at,
      ${epochMs('held_until')} as held_until,
      ${epochMs('booking_start_at')} as booking_start_at,
      ${epochMs('booking_end_at')} as booking_end_at
    from seat join schedule on schedule.id = schedule_id join concert on concert.id = concert_id
    where seat.id = any(${seatIds}::bigint[]
      || array(select seat_id from booking where id = any(${bookingIds}::bigint[]))
      ${limited.length > 0 ? sql`|| ${seatsOfRunOutHolds(seatIds, limited)}` : sql``})
    order by seat.id for update of seat`);
  for (const record of found) {
    rows.seats.load({
      id: Number(record.id),
      scheduleId: Number(record.schedule_id),
      concertId: Number(record.concert_id),
      concertTitle: record.title,
      startAt: new Date(record.start_at),
      range: record.range_index,
      blockedReason: record.blocked_reason,
      section: record.section,
      row: record.row_name,
      number: record.number,
      price: record.price,
      state: record.state,
      heldUntil: dateOrNull(record.held_until),
      bookingStartAt: new Date(record.booking_start_at),
      bookingEndAt: new Date(record.booking_end_at),
    });
  }
}

interface BookingRecord {
  id: string;
  user_id: string;
  concert_id: string;
  schedule_id: string;
  seat_id: string;
  price: number;
  state: BookingRow['state'];
  hold_expires_at: number;
  created_at: number;
  ended_at: number | null;
  job_id: string;
}

async function loadBookings(send: Send, rows: Rows, bookingIds: number[]): Promise<void> {
  if (bookingIds.length === 0) return;
  const found = await send(sql<BookingRecord>`
    select id, user_id, concert_id, schedule_id, seat_id, price, state, job_id,
      ${epochMs('hold_expires_at')} as hold_expires_at,
      ${epochMs('created_at')} as created_at,
      ${epochMs('ended_at')} as ended_at
    from booking where id = any(${bookingIds}::bigint[]) order by id for update`);
  for (const record of found) {
    rows.bookings.load({
      id: Number(record.id),
      userId: Number(record.user_id),
      concertId: Number(record.concert_id),
      scheduleId: Number(record.schedule_id),
      seatId: Number(record.seat_id),
      price: record.price,
      state: record.state,
      holdExpiresAt: new Date(record.hold_expires_at),
      createdAt: new Date(record.created_at),
      endedAt: dateOrNull(record.ended_at),
      jobId: record.job_id,
    });
  }
}

async function loadPoints(send: Send, rows: Rows, userIds: number[]): Promise<void> {
  if (userIds.length === 0) return;
  const found = await send(sql<{ user_id: string; balance: string }>`
    select user_id, balance from points where user_id = any(${userIds}::bigint[])
    order by user_id for update`);
  const balances = new Map(found.map((row) => [Number(row.user_id), Number(row.balance)]));
  for (const userId of userIds) {
    const balance = balances.get(userId);
    rows.points.load({ userId, balance: balance ?? 0, isNew: balance === undefined });
  }
}

interface QueueEntryRecord {
  number: string;
  user_id: string;
  state: QueueEntryRow['state'];
  entered_at: number;
  expires_at: number | null;
  ended_at: number | null;
  end_reason: QueueEntryRow['endReason'];
  job_id: string;
}

const queueEntryColumns = sql`
  number, user_id, state, end_reason, job_id,
  ${epochMs('entered_at')} as entered_at,
  ${epochMs('expires_at')} as expires_at,
  ${epochMs('ended_at')} as ended_at`;

async function loadQueueEntries(
  send: Send,
  rows: Rows,
  wanted: { locked: { numbers: number[]; openOf: number[] }; onlyRead: number[] },
): Promise<void> {
  const { locked, onlyRead } = wanted;
  const [mine, others] = await Promise.all([
    lockQueueEntries(send, locked),
    readQueueEntries(send, onlyRead),
    locked.openOf.length > 0 ? loadWaitingQueue(send, rows) : undefined,
  ]);
  loadEach(rows, mine);
  loadEach(rows, others);
}

async function lockQueueEntries(
  send: Send,
  { numbers, openOf }: { numbers: number[]; openOf: number[] },
): Promise<QueueEntryRecord[]> {
  if (numbers.length === 0 && openOf.length === 0) return [];
  return send(sql<QueueEntryRecord>`
    select ${queueEntryColumns} from queue_entry
    where number = any(${numbers}::bigint[])
      or (user_id = any(${openOf}::bigint[]) and state in ('waiting', 'active'))
    order by number for update`);
}

async function readQueueEntries(send: Send, numbers: number[]): Promise<QueueEntryRecord[]> {
  if (numbers.length === 0) return [];
  return send(sql<QueueEntryRecord>`
    select ${queueEntryColumns} from queue_entry where number = any(${numbers}::bigint[])`);
}

function loadEach(rows: Rows, records: readonly QueueEntryRecord[]): void {
  for (const record of records) {
    rows.queueEntries.load({
      number: Number(record.number),
      userId: Number(record.user_id),
      state: record.state,
      enteredAt: new Date(record.entered_at),
      expiresAt: dateOrNull(record.expires_at),
      endedAt: dateOrNull(record.ended_at),
      endReason: record.end_reason,
      jobId: record.job_id,
    });
  }
}

async function loadWaitingQueue(send: Send, rows: Rows): Promise<void> {
  const [row] = await send(sql<{
    last_number: string;
    waiting: number;
    is_paused: boolean;
    admit_limit: number | null;
    admit_window_ms: number | null;
    max_active: number | null;
  }>`
    select last_number, waiting, is_paused, admit_limit, admit_window_ms, max_active
    from waiting_queue for update`);
  if (!row) throw new Error('The table waiting_queue has lost its row.');
  rows.waitingQueue = {
    lastNumber: Number(row.last_number),
    waiting: row.waiting,
    isPaused: row.is_paused,
    admitLimit: row.admit_limit,
    admitWindowMs: row.admit_window_ms,
    maxActive: row.max_active,
    isChanged: false,
  };
}

function dateOrNull(epochMs: number | null): Date | null {
  return epochMs === null ? null : new Date(epochMs);
}
