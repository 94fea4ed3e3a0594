/** Writes what operators' commands have added: concerts, schedules with their seats, draws, webhooks. */
import { type RawBuilder, sql } from 'kysely';
import type { ConcertRow, DrawRow, Rows, ScheduleRow, WebhookRow } from './rows.ts';
import { tableOf } from './table-of.ts';

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
    select id, title, description, ${now}::timestamptz from ${tableOf('added', concerts, {
      id: ['bigint', (concert) => concert.id],
      title: ['text', (concert) => concert.title],
      description: ['text', (concert) => concert.description],
    })}`,
  ];
}

function insertWebhooks(webhooks: readonly WebhookRow[]): Statements {
  if (webhooks.length === 0) return [];
  return [
    sql`
      insert into webhook (id, url, commands, events, created_at, removed_at)
      overriding system value
      select * from ${tableOf('added', webhooks, {
        id: ['bigint', (webhook) => webhook.id],
        url: ['text', (webhook) => webhook.url],
        commands: ['jsonb', ({ commands }) => (commands ? JSON.stringify(commands) : null)],
        events: ['jsonb', (webhook) => JSON.stringify(webhook.events)],
        created_at: ['timestamptz', (webhook) => webhook.createdAt],
        removed_at: ['timestamptz', (webhook) => webhook.removedAt],
      })}`,
  ];
}

function removeWebhooks(webhooks: readonly WebhookRow[]): Statements {
  if (webhooks.length === 0) return [];
  return [
    sql`
      update webhook set removed_at = changed.removed_at
      from ${tableOf('changed', webhooks, {
        id: ['bigint', (webhook) => webhook.id],
        removed_at: ['timestamptz', (webhook) => webhook.removedAt],
      })}
      where webhook.id = changed.id`,
  ];
}

function insertDraws(draws: readonly DrawRow[]): Statements {
  if (draws.length === 0) return [];
  return [
    sql`
      insert into draw (concert_id, seed, seed_hash, gathers_at, opens_at, created_at)
      select * from ${tableOf('added', draws, {
        concert_id: ['bigint', (draw) => draw.concertId],
        seed: ['text', (draw) => draw.seed],
        seed_hash: ['text', (draw) => draw.seedHash],
        gathers_at: ['timestamptz', (draw) => draw.gathersAt],
        opens_at: ['timestamptz', (draw) => draw.opensAt],
        created_at: ['timestamptz', (draw) => draw.createdAt],
      })}`,
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
    from ${tableOf('range', ranges, {
      range_index: ['smallint', (_, place) => place],
      section: ['text', (range) => range.section],
      row_name: ['text', (range) => range.row],
      first_number: ['int', (range) => range.from],
      last_number: ['int', (range) => range.to],
      price: ['int', (range) => range.price],
    })},
    generate_series(first_number, last_number) as number
    order by range_index, number`;
  return [itself, seats];
}
