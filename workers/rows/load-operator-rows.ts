/** Loads what operators' commands need: concerts, draws, webhooks. After all rows that buyers contend for. */
import { sql } from 'kysely';
import type { WebhookEvent } from '../../src/commands/webhook-events.ts';
import type { Send } from '../../src/db/connection/pipeline.ts';
import { epochMs } from '../../src/db/reads/epoch-ms.ts';
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

async function loadWebhooks(send: Send, rows: Rows, webhookIds: number[]): Promise<void> {
  if (webhookIds.length === 0) return;
  const found = await send(sql<{
    id: string;
    url: string;
    commands: string[] | null;
    events: WebhookEvent[];
    created_at: number;
    removed_at: number | null;
  }>`
    select id, url, commands, events, ${epochMs('created_at')} as created_at,
      ${epochMs('removed_at')} as removed_at
    from webhook where id = any(${webhookIds}::bigint[]) order by id for update`);
  for (const record of found) {
    rows.webhooks.load({
      id: Number(record.id),
      url: record.url,
      commands: record.commands,
      events: record.events,
      createdAt: new Date(record.created_at),
      removedAt: record.removed_at === null ? null : new Date(record.removed_at),
    });
  }
}

/** A seed is two random UUIDs of the database: 244 bits that no process has to be trusted with. */
async function loadDraws(send: Send, rows: Rows, concertIds: number[]): Promise<void> {
  if (concertIds.length === 0) return;
  const finding = send(sql<{
    concert_id: string;
    seed: string;
    seed_hash: string;
    gathers_at: number;
    opens_at: number;
    created_at: number;
  }>`
    select concert_id, seed, seed_hash, ${epochMs('gathers_at')} as gathers_at,
      ${epochMs('opens_at')} as opens_at, ${epochMs('created_at')} as created_at
    from draw where concert_id = any(${concertIds}::bigint[])
    order by concert_id for update`);
  const drawing = send(sql<{ seed: string }>`
    select replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '') as seed
    from generate_series(1, ${concertIds.length}::int)`);
  for (const record of await finding) {
    rows.draws.load({
      concertId: Number(record.concert_id),
      seed: record.seed,
      seedHash: record.seed_hash,
      gathersAt: new Date(record.gathers_at),
      opensAt: new Date(record.opens_at),
      createdAt: new Date(record.created_at),
    });
  }
  rows.seeds = (await drawing).map((row) => row.seed);
}

async function loadConcerts(send: Send, rows: Rows, concertIds: number[]): Promise<void> {
  if (concertIds.length === 0) return;
  const found = await send(sql<{ id: string; title: string; description: string | null }>`
    select id, title, description from concert where id = any(${concertIds}::bigint[])`);
  for (const record of found) rows.concerts.load({ ...record, id: Number(record.id) });
}
