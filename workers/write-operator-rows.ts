/** Writes what operators' commands have added: concerts, schedules with their seats, draws, webhooks. */
import { type RawBuilder, sql } from 'kysely';
import type { ConcertRow, DrawRow, Rows, ScheduleRow, WebhookRow } from './rows.ts';

/** Parts of one statement; none where there is nothing to write. */
export type Statements = RawBuilder<unknown>[];

export function writeOperatorRows(rows: Rows, now: Date): Statements {
  return [
    ...insertConcerts([...rows.concerts.added], now),
    ...insertDraws([...rows.draws.added]),
    ...insertWebhooks([...rows.webhooks.added]),
    ...removeWebhooks([...rows.webhooks.changed]),
  ];
}

function insertConcerts(concerts: readonly ConcertRow[], now: Date): Statements {
  if (concerts.length === 0) return [];
  return [
    sql`
    insert into concert (id, title, description, created_at)
    overriding system value
    select id, title, description, ${now}::timestamptz from unnest(
      ${concerts.map((concert) => concert.id)}::bigint[],
      ${concerts.map((concert) => concert.title)}::text[],
      ${concerts.map((concert) => concert.description)}::text[]
    ) as added(id, title, description)`,
  ];
}

function insertWebhooks(webhooks: readonly WebhookRow[]): Statements {
  if (webhooks.length === 0) return [];
  return [
    sql`
      insert into webhook (id, url, commands, created_at, removed_at)
      overriding system value
      select * from unnest(
        ${webhooks.map((webhook) => webhook.id)}::bigint[],
        ${webhooks.map((webhook) => webhook.url)}::text[],
        ${webhooks.map(({ commands }) => (commands ? JSON.stringify(commands) : null))}::jsonb[],
        ${webhooks.map((webhook) => webhook.createdAt)}::timestamptz[],
        ${webhooks.map((webhook) => webhook.removedAt)}::timestamptz[]
      )`,
  ];
}

function removeWebhooks(webhooks: readonly WebhookRow[]): Statements {
  if (webhooks.length === 0) return [];
  return [
    sql`
      update webhook set removed_at = changed.removed_at
      from unnest(
        ${webhooks.map((webhook) => webhook.id)}::bigint[],
        ${webhooks.map((webhook) => webhook.removedAt)}::timestamptz[]
      ) as changed(id, removed_at)
      where webhook.id = changed.id`,
  ];
}

function insertDraws(draws: readonly DrawRow[]): Statements {
  if (draws.length === 0) return [];
  return [
    sql`
      insert into draw (concert_id, seed, seed_hash, gathers_at, opens_at, created_at)
      select * from unnest(
        ${draws.map((draw) => draw.concertId)}::bigint[],
        ${draws.map((draw) => draw.seed)}::text[],
        ${draws.map((draw) => draw.seedHash)}::text[],
        ${draws.map((draw) => draw.gathersAt)}::timestamptz[],
        ${draws.map((draw) => draw.opensAt)}::timestamptz[],
        ${draws.map((draw) => draw.createdAt)}::timestamptz[]
      )`,
  ];
}

/** A schedule takes two statements of its own, one after the other: operators add few, and its seats are many. */
export function insertSchedule(schedule: ScheduleRow): Statements {
  const { id, concertId, bookingStartAt, bookingEndAt, startAt, endAt, seatCount } = schedule;
  const itself = sql`
    insert into schedule
      (id, concert_id, booking_start_at, booking_end_at, start_at, end_at, seat_count)
    overriding system value
    values (${id}, ${concertId}, ${bookingStartAt}, ${bookingEndAt}, ${startAt}, ${endAt},
      ${seatCount})`;
  const { ranges } = schedule;
  const seats = sql`
    insert into seat (schedule_id, range_index, section, row_name, number, price)
    select ${id}, range_index, section, row_name, number, price
    from unnest(
      ${ranges.map((_, index) => index)}::smallint[],
      ${ranges.map((range) => range.section)}::text[],
      ${ranges.map((range) => range.row)}::text[],
      ${ranges.map((range) => range.from)}::int[],
      ${ranges.map((range) => range.to)}::int[],
      ${ranges.map((range) => range.price)}::int[]
    ) as range(range_index, section, row_name, first_number, last_number, price),
    generate_series(first_number, last_number) as number
    order by range_index, number`;
  return [itself, seats];
}
