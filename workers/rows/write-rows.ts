/**
 * Writes what a batch changed and added, all in one statement: one part a table and kind of change,
 * whatever the number of commands. Nothing here decides anything; load-rows.ts says why statements are
 * written out.
 */
import { sql } from 'kysely';
import type { Send } from '../../src/db/connection/pipeline.ts';
import type { PaymentRow, PointHistoryRow, PointsRow, Rows } from './rows.ts';
import { tableOf } from './table-of.ts';
import { recordExpiredHolds } from './webhook-events.ts';
import { insertSchedule, type Statements, writeOperatorRows } from './write-operator-rows.ts';
import {
  insertQueueEntries,
  recordExpiredEntries,
  updateQueueEntries,
  updateWaitingQueue,
} from './write-queue-rows.ts';

/**
 * Sends what writes the changed and the added rows, with `more` statements, which must touch other tables. The
 * parts of the one statement have no order among themselves: what needs one comes before or after.
 * @param now the batch's time
 */
export function writeRows(send: Send, rows: Rows, now: Date, more: Statements): void {
  const ends = [...updateBookings(rows), ...updateQueueEntries(rows)];
  const begins = [...insertBookings(rows), ...insertQueueEntries(rows)];
  const others = [
    ...updateSeats(rows),
    ...writePoints(rows),
    ...insertHistory(rows.history, now),
    ...insertPayments(rows.payments, now),
    ...updateWaitingQueue(rows),
    ...recordExpiredEntries(rows),
    ...writeOperatorRows(rows, now),
    ...more,
  ];
  // A live booking or an open place may begin where another ends in the same batch. Their unique
  // indexes are checked row by row, so then the ends go first.
  const mustEndFirst = ends.length > 0 && begins.length > 0;
  const inTurn = [
    ...endExpiredHolds([...rows.seatsWithEndedHold], now),
    ...(mustEndFirst ? together(ends) : []),
    ...together([...(mustEndFirst ? [] : ends), ...begins, ...others]),
    ...[...rows.schedules.added].flatMap(insertSchedule),
  ];
  for (const statement of inTurn) void send(statement);
}

/** One statement costs the server less than several. */
function together([first, ...others]: Statements): Statements {
  if (!first || others.length === 0) return first ? [first] : [];
  const parts = others.map((part, index) => sql`${sql.ref(`part_${index}`)} as (${part})`);
  return [sql`with ${sql.join(parts)} ${first}`];
}

function endExpiredHolds(seatIds: number[], now: Date): Statements {
  if (seatIds.length === 0) return [];
  return [
    sql`
    with ended as (
      update booking set state = 'expired', ended_at = ${now}
      where seat_id = any(${seatIds}::bigint[]) and state = 'held' returning *
    )
    ${recordExpiredHolds(sql`ended`)}`,
  ];
}

function updateSeats(rows: Rows): Statements {
  const seats = [...rows.seats.changed];
  if (seats.length === 0) return [];
  return [
    sql`
    update seat set state = changed.state, held_until = changed.held_until,
      blocked_reason = changed.blocked_reason
    from ${tableOf('changed', seats, {
      id: ['bigint', (seat) => seat.id],
      state: ['text', (seat) => seat.state],
      held_until: ['timestamptz', (seat) => seat.heldUntil],
      blocked_reason: ['text', (seat) => seat.blockedReason],
    })}
    where seat.id = changed.id`,
  ];
}

function updateBookings(rows: Rows): Statements {
  const bookings = [...rows.bookings.changed];
  if (bookings.length === 0) return [];
  return [
    sql`
    update booking set state = changed.state, ended_at = changed.ended_at
    from ${tableOf('changed', bookings, {
      id: ['bigint', (booking) => booking.id],
      state: ['text', (booking) => booking.state],
      ended_at: ['timestamptz', (booking) => booking.endedAt],
    })}
    where booking.id = changed.id`,
  ];
}

function insertBookings(rows: Rows): Statements {
  const bookings = [...rows.bookings.added];
  if (bookings.length === 0) return [];
  return [
    sql`
    insert into booking (id, user_id, concert_id, schedule_id, seat_id, price, state,
      hold_expires_at, created_at, ended_at, job_id, seat_limit)
    overriding system value
    select * from ${tableOf('added', bookings, {
      id: ['bigint', (booking) => booking.id],
      user_id: ['bigint', (booking) => booking.userId],
      concert_id: ['bigint', (booking) => booking.concertId],
      schedule_id: ['bigint', (booking) => booking.scheduleId],
      seat_id: ['bigint', (booking) => booking.seatId],
      price: ['int', (booking) => booking.price],
      state: ['text', (booking) => booking.state],
      hold_expires_at: ['timestamptz', (booking) => booking.holdExpiresAt],
      created_at: ['timestamptz', (booking) => booking.createdAt],
      ended_at: ['timestamptz', (booking) => booking.endedAt],
      job_id: ['text', (booking) => booking.jobId],
      seat_limit: ['int', (booking) => booking.seatLimit],
    })}`,
  ];
}

function writePoints(rows: Rows): Statements {
  const changed = [...rows.points.changed];
  return [
    ...insertPoints(changed.filter((points) => points.isNew)),
    ...updatePoints(changed.filter((points) => !points.isNew)),
  ];
}

function insertPoints(fresh: readonly PointsRow[]): Statements {
  if (fresh.length === 0) return [];
  return [
    sql`
    insert into points (user_id, balance) select * from ${tableOf('added', fresh, {
      user_id: ['bigint', (points) => points.userId],
      balance: ['bigint', (points) => points.balance],
    })}`,
  ];
}

function updatePoints(known: readonly PointsRow[]): Statements {
  if (known.length === 0) return [];
  return [
    sql`
    update points set balance = changed.balance
    from ${tableOf('changed', known, {
      user_id: ['bigint', (points) => points.userId],
      balance: ['bigint', (points) => points.balance],
    })}
    where points.user_id = changed.user_id`,
  ];
}

function insertHistory(history: readonly PointHistoryRow[], now: Date): Statements {
  if (history.length === 0) return [];
  // Ids are drawn in the order of the lines, so that the newest id has the running balance.
  return [
    sql`
    insert into point_history (user_id, kind, amount, balance, job_id, created_at)
    select user_id, kind, amount, balance, job_id, ${now}::timestamptz
    from ${tableOf('line', history, {
      place: ['int', (_, place) => place],
      user_id: ['bigint', (line) => line.userId],
      kind: ['text', (line) => line.kind],
      amount: ['bigint', (line) => line.amount],
      balance: ['bigint', (line) => line.balance],
      job_id: ['text', (line) => line.jobId],
    })}
    order by place`,
  ];
}

function insertPayments(payments: readonly PaymentRow[], now: Date): Statements {
  if (payments.length === 0) return [];
  return [
    sql`
    insert into payment (id, booking_id, user_id, seat_id, price, kind, balance, job_id, created_at)
    overriding system value
    select id, booking_id, user_id, seat_id, price, kind, balance, job_id, ${now}::timestamptz
    from ${tableOf('added', payments, {
      id: ['bigint', (payment) => payment.id],
      booking_id: ['bigint', (payment) => payment.bookingId],
      user_id: ['bigint', (payment) => payment.userId],
      seat_id: ['bigint', (payment) => payment.seatId],
      price: ['int', (payment) => payment.price],
      kind: ['text', (payment) => payment.kind],
      balance: ['bigint', (payment) => payment.balance],
      job_id: ['text', (payment) => payment.jobId],
    })}`,
  ];
}
