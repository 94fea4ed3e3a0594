/** Loads the rows that operators' commands need (concerts, queues, draws, schedules, webhooks), after all rows that buyers contend for. */
import { sql } from 'kysely';
import type { Send } from '../../../src/db/connection/pipeline.ts';
import { db, unprepared } from '../../../src/db/statement.ts';
import { idsIn, type Needing } from '../needing.ts';
import { loadDraws } from '../queue/load-draws.ts';
import { loadWaitingQueues } from '../queue/load-queues.ts';
import type { Rows } from '../rows.ts';
import { loadHalls } from './load-halls.ts';

export async function loadOperatorRows(
  send: Send,
  rows: Rows,
  batch: readonly Needing[],
): Promise<void> {
  // Draws come after the lock of their concerts, so that they are those of now.
  await Promise.all([
    loadWebhooks(send, rows, batch),
    loadWaitingQueues(send, rows, batch),
    loadConcerts(send, rows, batch),
    loadDraws(send, rows, batch),
    loadLockedSchedules(send, rows, batch),
    loadHalls(send, rows, batch),
    takeSeeds(send, rows, batch),
  ]);
}

async function loadWebhooks(send: Send, rows: Rows, batch: readonly Needing[]): Promise<void> {
  const ids = idsIn(batch, ({ webhookId }) => webhookId);
  if (ids.length === 0) return;
  const lockWebhooks = db
    .selectFrom('webhook')
    .select(['id', 'url', 'commands', 'events', 'created_at as createdAt'])
    .select('removed_at as removedAt')
    .where('id', 'in', ids)
    .orderBy('id')
    .forUpdate();
  for (const webhook of await send(unprepared(lockWebhooks))) rows.webhooks.load(webhook);
}

/** A seed is two random UUIDs (244 bits). PostgreSQL generates them, so that no worker process can choose a seed. */
const randomSeed = sql<string>`replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')`;

async function takeSeeds(send: Send, rows: Rows, batch: readonly Needing[]): Promise<void> {
  const count = batch.filter(({ needs }) => needs.draws?.withSeed).length;
  if (count === 0) return;
  const seeds = sql<{ seed: string }>`
    select ${randomSeed} as seed from generate_series(1, ${count}::int)`;
  rows.seeds = (await send(unprepared(seeds))).map(({ seed }) => seed);
}

/** The cancellation is read after the lock of its schedule, so that it is that of now; its timer may change it until it is locked too. */
async function loadLockedSchedules(
  send: Send,
  rows: Rows,
  batch: readonly Needing[],
): Promise<void> {
  const scheduleIds = idsIn(batch, ({ lockedScheduleId }) => lockedScheduleId);
  if (scheduleIds.length === 0) return;
  const lockSchedules = db
    .selectFrom('schedule')
    .select(['id', 'concert_id as concertId', 'seat_count as seatCount'])
    .select(['booking_start_at as bookingStartAt', 'booking_end_at as bookingEndAt'])
    .select(['start_at as startAt', 'end_at as endAt'])
    .select(['cancelled_at as cancelledAt', 'cancel_reason as cancelReason'])
    .select(['closed_at as closedAt', 'close_reason as closeReason'])
    .select(['hall_id as hallId', 'hall_version as hallVersion', 'categories'])
    .select('accessible_until as accessibleUntil')
    .select(['price_from as priceFrom', 'price_to as priceTo'])
    .select(
      sql<boolean>`exists (select from app_order where schedule_id = schedule.id)`.as('hasOrders'),
    )
    .where('id', 'in', scheduleIds)
    .orderBy('id')
    .forNoKeyUpdate();
  const lockCancellations = db
    .selectFrom('cancellation')
    .select(['schedule_id as scheduleId', 'pass', 'cursor_id as cursorId'])
    .select(['is_checking as isChecking', 'tried_pass as triedPass'])
    .select(['next_at as nextAt', 'created_at as createdAt'])
    .where('schedule_id', 'in', scheduleIds)
    .orderBy('schedule_id')
    .forNoKeyUpdate();
  const [schedules, cancellations] = await Promise.all([
    send(unprepared(lockSchedules)),
    send(unprepared(lockCancellations)),
  ]);
  for (const schedule of schedules) rows.schedules.load(schedule);
  for (const cancellation of cancellations) rows.cancellations.load(cancellation);
}

/** Locks those that change, or whose queue must not change. */
async function loadConcerts(send: Send, rows: Rows, batch: readonly Needing[]): Promise<void> {
  const ids = idsIn(batch, ({ concertIds, draws }) => concertIds ?? draws?.concertIds);
  const locked = idsIn(batch, ({ concertIds, changesConcerts, draws }) =>
    changesConcerts ? concertIds : draws?.concertIds,
  );
  if (ids.length === 0) return;
  const concerts = db
    .selectFrom('concert')
    .select(['id', 'title', 'description', 'queue_id as queueId', 'venue'])
    .select(['time_zone as timeZone', 'image_hash as imageHash', 'created_at as createdAt'])
    .select(['closed_at as closedAt', 'close_reason as closeReason'])
    .orderBy('id');
  const locking =
    locked.length > 0 ? send(unprepared(concerts.where('id', 'in', locked).forNoKeyUpdate())) : [];
  const reading = send(unprepared(concerts.where('id', 'in', ids)));
  for (const concert of await reading) rows.concerts.load(concert);
  for (const concert of await locking) rows.concerts.load(concert);
}
