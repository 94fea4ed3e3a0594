/**
 * Records webhook events in the transaction that causes them, so that none is lost; `timers/relay-events.ts` relays them.
 * The insert is part of the statement that changes the rows. Events without a subscriber are not recorded.
 */
import { type RawBuilder, sql } from 'kysely';

/** The events with a subscriber. PostgreSQL evaluates this once per statement, whatever the number of rows. */
const WANTED = sql`(select jsonb_array_elements_text(events) from webhook where removed_at is null)`;

const isoTime = (column: string) =>
  sql`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

interface EventColumns {
  /** An expression for the event's name. */
  name: RawBuilder<unknown>;
  userId: RawBuilder<unknown>;
  data: RawBuilder<unknown>;
  happenedAt: RawBuilder<unknown>;
}

function record(source: RawBuilder<unknown>, { name, userId, data, happenedAt }: EventColumns) {
  return sql<object>`
    insert into webhook_event (name, user_id, data, happened_at)
    select ${name}, ${userId}, ${data}, ${happenedAt} from ${source} where ${name} in ${WANTED}`;
}

/** @param source bookings that have just ended, with `id, user_id, concert_id, schedule_id, seat_id, area_id, ended_at` */
export function recordExpiredHolds(source: RawBuilder<unknown>): RawBuilder<object> {
  return record(source, {
    name: sql`'hold-expired'`,
    userId: sql`user_id`,
    data: sql`jsonb_build_object('bookingId', id, 'concertId', concert_id,
      'scheduleId', schedule_id, 'seatId', seat_id, 'areaId', area_id)`,
    happenedAt: sql`ended_at`,
  });
}

/** @param source entries that have just expired or gone unclaimed, with `queue_id, number, user_id, end_reason, ended_at` */
export function recordEndedEntries(source: RawBuilder<unknown>): RawBuilder<object> {
  return record(source, {
    name: sql`'entry-' || end_reason`,
    userId: sql`user_id`,
    data: sql`jsonb_build_object('queueId', queue_id, 'number', number)`,
    happenedAt: sql`ended_at`,
  });
}

/** @param source entries that have just become active, with `queue_id, number, user_id, admitted_at, expires_at` */
export function recordAdmissions(source: RawBuilder<unknown>): RawBuilder<object> {
  return record(source, {
    name: sql`'user-admitted'`,
    userId: sql`user_id`,
    data: sql`jsonb_build_object('queueId', queue_id, 'number', number,
      'expiresAt', ${isoTime('expires_at')})`,
    happenedAt: sql`admitted_at`,
  });
}

/** @param source the draw, with `id, concert_id, queue_id, places, first_number, drawn_at` */
export function recordDraw(source: RawBuilder<unknown>): RawBuilder<object> {
  return record(source, {
    name: sql`'draw-made'`,
    userId: sql`null::bigint`,
    data: sql`jsonb_build_object('drawId', id, 'concertId', concert_id, 'queueId', queue_id,
      'places', places, 'firstNumber', first_number)`,
    happenedAt: sql`drawn_at`,
  });
}
