/** The servers that are told of outcomes. */
import { sql } from 'kysely';
import type { Database } from '../orm.ts';
import { epochMs } from './epoch-ms.ts';

export interface WebhookView {
  id: number;
  url: string;
  commands: string[] | null;
  createdAt: string;
}

interface WebhookRow {
  id: string;
  url: string;
  commands: string[] | null;
  created_at: number;
}

/** Live ones by id, above the id `after`; one more than `limit` where there are. */
export async function listWebhooks(
  orm: Database,
  { after, limit }: { after: number; limit: number },
): Promise<WebhookView[]> {
  const { rows } = await sql<WebhookRow>`
    select id, url, commands, ${epochMs('created_at')} as created_at from webhook
    where removed_at is null and id > ${after} order by id limit ${limit + 1}
    `.execute(orm.em.getKysely());
  return rows.map(({ id, url, commands, created_at: createdAt }) => {
    return { id: Number(id), url, commands, createdAt: new Date(createdAt).toISOString() };
  });
}
