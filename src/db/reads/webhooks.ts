/** The servers that are told of outcomes and events. */
import { sql } from 'kysely';
import type { WebhookEvent } from '../../commands/webhook-events.ts';
import type { Database } from '../connection/orm.ts';
import { epochMs } from './epoch-ms.ts';

export interface WebhookView {
  id: number;
  url: string;
  commands: string[] | null;
  events: WebhookEvent[];
  createdAt: string;
}

interface WebhookRow {
  id: string;
  url: string;
  commands: string[] | null;
  events: WebhookEvent[];
  created_at: number;
}

/** Live ones by id, above the id `after`; one more than `limit` where there are. */
export async function listWebhooks(
  orm: Database,
  { after, limit }: { after: number; limit: number },
): Promise<WebhookView[]> {
  const { rows } = await sql<WebhookRow>`
    select id, url, commands, events, ${epochMs('created_at')} as created_at from webhook
    where removed_at is null and id > ${after} order by id limit ${limit + 1}
    `.execute(orm.em.getKysely());
  return rows.map(({ id, created_at: createdAt, ...row }) => {
    return { id: Number(id), ...row, createdAt: new Date(createdAt).toISOString() };
  });
}

/** Which of these webhooks are not removed. */
export async function readLiveWebhooks(
  orm: Database,
  webhookIds: readonly number[],
): Promise<Set<number>> {
  const { rows } = await sql<{ id: string }>`
    select id from webhook where id = any(${webhookIds}::bigint[]) and removed_at is null
    `.execute(orm.em.getKysely());
  return new Set(rows.map(({ id }) => Number(id)));
}
