/**
 * Writes what a batch changed and added, all in one statement: one part a table and kind of change,
 * whatever the number of commands. Nothing here decides anything; load-rows.ts says why statements are
 * written out.
 */
import { sql } from 'kysely';
import type { Send } from './pipeline.ts';
import type { PaymentRow, PointHistoryRow, PointsRow, Rows } from './rows.ts';
import { insertSchedule, type Statements, writeOperatorRows } from './write-operator-rows.ts';

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
  for (const statement of inTurn) send(statement);
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
    update booking set state = 'expired', ended_at = ${now}
    where seat_id = any(${seatIds}::bigint[]) and state = 'held'`,
  ];
}

function updateSeats(rows: Rows): Statements {
  const seats = [...rows.seats.changed];
  if (seats.length === 0) return [];
  return [
    sql`
    update seat set state = changed.state, held_until = changed.held_until,
      blocked_reason = changed.blocked_reason
    from unnest(
      ${seats.map((seat) => seat.id)}::bigint[],
      ${seats.map((seat) => seat.state)}::text[],
      ${seats.map((seat) => seat.heldUntil)}::timestamptz[],
      ${seats.map((seat) => seat.blockedReason)}::text[]
    ) as changed(id, state, held_until, blocked_reason)
    where seat.id = changed.id`,
  ];
}

function updateBookings(rows: Rows): Statements {
  const bookings = [...rows.bookings.changed];
  if (bookings.length === 0) return [];
  return [
    sql`
    update booking set state = changed.state, ended_at = changed.ended_at
    from unnest(
      ${bookings.map((booking) => booking.id)}::bigint[],
      ${bookings.map((booking) => booking.state)}::text[],
      ${bookings.map((booking) => booking.endedAt)}::timestamptz[]
    ) as changed(id, state, ended_at)
    where booking.id = changed.id`,
  ];
}

function insertBookings(rows: Rows): Statements {
  const bookings = [...rows.bookings.added];
  if (bookings.length === 0) return [];
  return [
    sql`
    insert into booking (id, user_id, concert_id, schedule_id, seat_id, price, state,
      hold_expires_at, created_at, ended_at, job_id)
    overriding system value
    select * from unnest(
      ${bookings.map((booking) => booking.id)}::bigint[],
      ${bookings.map((booking) => booking.userId)}::bigint[],
      ${bookings.map((booking) => booking.concertId)}::bigint[],
      ${bookings.map((booking) => booking.scheduleId)}::bigint[],
      ${bookings.map((booking) => booking.seatId)}::bigint[],
      ${bookings.map((booking) => booking.price)}::int[],
      ${bookings.map((booking) => booking.state)}::text[],
      ${bookings.map((booking) => booking.holdExpiresAt)}::timestamptz[],
      ${bookings.map((booking) => booking.createdAt)}::timestamptz[],
      ${bookings.map((booking) => booking.endedAt)}::timestamptz[],
      ${bookings.map((booking) => booking.jobId)}::text[]
    )`,
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
    insert into points (user_id, balance) select * from unnest(
      ${fresh.map((points) => points.userId)}::bigint[],
      ${fresh.map((points) => points.balance)}::bigint[]
    )`,
  ];
}

function updatePoints(known: readonly PointsRow[]): Statements {
  if (known.length === 0) return [];
  return [
    sql`
    update points set balance = changed.balance
    from unnest(
      ${known.map((points) => points.userId)}::bigint[],
      ${known.map((points) => points.balance)}::bigint[]
    ) as changed(user_id, balance)
    where points.user_id = changed.user_id`,
  ];
}

function insertHistory(history: readonly PointHistoryRow[], now: Date): Statements {
  if (history.length === 0) return [];
  // Ids are drawn in the order of the lines, so that the newest id has the running balance.
  return [
    sql`
    insert into point_history (user_id, kind, amount, balance, job_id, created_at)
    select user_id, kind, amount, balance, job_id, ${now}::timestamptz from unnest(
      ${history.map((line) => line.userId)}::bigint[],
      ${history.map((line) => line.kind)}::text[],
      ${history.map((line) => line.amount)}::bigint[],
      ${history.map((line) => line.balance)}::bigint[],
      ${history.map((line) => line.jobId)}::text[]
    ) with ordinality as line(user_id, kind, amount, balance, job_id, place)
    order by place`,
  ];
}

function insertPayments(payments: readonly PaymentRow[], now: Date): Statements {
  if (payments.length === 0) return [];
  return [
    sql`
    insert into payment (id, booking_id, user_id, seat_id, price, kind, balance, job_id, created_at)
    overriding system value
    select id, booking_id, user_id, seat_id, price, kind, balance, job_id, ${now}::timestamptz from unnest(
      ${payments.map((payment) => payment.id)}::bigint[],
      ${payments.map((payment) => payment.bookingId)}::bigint[],
      ${payments.map((payment) => payment.userId)}::bigint[],
      ${payments.map((payment) => payment.seatId)}::bigint[],
      ${payments.map((payment) => payment.price)}::int[],
      ${payments.map((payment) => payment.kind)}::text[],
      ${payments.map((payment) => payment.balance)}::bigint[],
      ${payments.map((payment) => payment.jobId)}::text[]
    ) as added(id, booking_id, user_id, seat_id, price, kind, balance, job_id)`,
  ];
}

function updateQueueEntries(rows: Rows): Statements {
  const changed = [...rows.queueEntries.changed];
  if (changed.length === 0) return [];
  return [
    sql`
    update queue_entry set
      state = changed.state, ended_at = changed.ended_at, end_reason = changed.end_reason
    from unnest(
      ${changed.map((entry) => entry.number)}::bigint[],
      ${changed.map((entry) => entry.state)}::text[],
      ${changed.map((entry) => entry.endedAt)}::timestamptz[],
      ${changed.map((entry) => entry.endReason)}::text[]
    ) as changed(number, state, ended_at, end_reason)
    where queue_entry.number = changed.number`,
  ];
}

function insertQueueEntries(rows: Rows): Statements {
  const added = [...rows.queueEntries.added];
  if (added.length === 0) return [];
  return [
    sql`
    insert into queue_entry (number, user_id, state, entered_at, ended_at, end_reason, job_id)
    select * from unnest(
      ${added.map((entry) => entry.number)}::bigint[],
      ${added.map((entry) => entry.userId)}::bigint[],
      ${added.map((entry) => entry.state)}::text[],
      ${added.map((entry) => entry.enteredAt)}::timestamptz[],
      ${added.map((entry) => entry.endedAt)}::timestamptz[],
      ${added.map((entry) => entry.endReason)}::text[],
      ${added.map((entry) => entry.jobId)}::text[]
    )`,
  ];
}

function updateWaitingQueue({ waitingQueue: queue }: Rows): Statements {
  if (!queue?.isChanged) return [];
  return [
    sql`
    update waiting_queue set last_number = ${queue.lastNumber}, waiting = ${queue.waiting},
        is_paused = ${queue.isPaused}, admit_limit = ${queue.admitLimit},
        admit_window_ms = ${queue.admitWindowMs}, max_active = ${queue.maxActive}`,
  ];
}
