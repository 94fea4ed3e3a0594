/** Loads the rows that operators' commands need (concerts, draws, webhooks), after all rows that buyers contend for. */
import { sql } from 'kysely';
import type { Send } from '../../src/db/connection/pipeline.ts';
import { db, unprepared } from '../../src/db/statement.ts';
import type { Needs } from '../handlers/handler.ts';
import { distinct } from './distinct.ts';
import type { Rows } from './rows.ts';

export async function loadOperatorRows(
  send: Send,
  rows: Rows,
  batch: readonly { needs: Needs }[],
): Promise<void> {
  await Promise.all([
    loadWebhooks(send, rows, distinct(batch.flatMap(({ needs }) => needs.webhookIds ?? []))),
    loadDraws(send, rows, distinct(batch.flatMap(({ needs }) => needs.drawOf ?? []))),
    loadConcerts(send, rows, distinct(batch.flatMap(({ needs }) => needs.concertIds ?? []))),
  ]);
}

async function loadWebhooks(send: Send, rows: Rows, ids: readonly number[]): Promise<void> {
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

async function loadDraws(send: Send, rows: Rows, concertIds: readonly number[]): Promise<void> {
  if (concertIds.length === 0) return;
  const lockDraws = db
    .selectFrom('draw')
    .select(['concert_id as concertId', 'seed', 'seed_hash as seedHash'])
    .select(['gathers_at as gathersAt', 'opens_at as opensAt', 'created_at as createdAt'])
    .where('concert_id', 'in', concertIds)
    .orderBy('concert_id')
    .forUpdate();
  const seeds = sql<{ seed: string }>`
    select ${randomSeed} as seed from generate_series(1, ${concertIds.length}::int)`;
  const finding = send(unprepared(lockDraws));
  const drawing = send(unprepared(seeds));
  for (const draw of await finding) rows.draws.load(draw);
  rows.seeds = (await drawing).map(({ seed }) => seed);
}

async function loadConcerts(send: Send, rows: Rows, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  const concerts = db.selectFrom('concert').select(['id', 'title', 'description']);
  const found = await send(unprepared(concerts.where('id', 'in', ids)));
  for (const concert of found) rows.concerts.load(concert);
}
