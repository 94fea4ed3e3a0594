/** Reads the registered webhooks. */
import type { WebhookEvent } from '../../commands/schemas/webhook-events.ts';
import type { Database } from '../connection/orm.ts';
import { rowsOf } from '../connection/pipeline.ts';
import { Webhook } from '../entities/index.ts';
import { anyOf, db, type Given, statement } from '../statement.ts';

export interface WebhookView {
  id: number;
  url: string;
  commands: string[] | null;
  events: WebhookEvent[];
  createdAt: string;
}

/** Up to `limit + 1` webhooks that are not removed, with ids above `after`, by id. */
export async function listWebhooks(
  orm: Database,
  { after, limit }: { after: number; limit: number },
): Promise<WebhookView[]> {
  const found = await orm.em
    .fork()
    .find(
      Webhook,
      { id: { $gt: after }, removedAt: null },
      { orderBy: { id: 'asc' }, limit: limit + 1 },
    );
  return found.map(({ id, url, commands = null, events, createdAt }) => ({
    id,
    url,
    commands,
    events,
    createdAt: createdAt.toISOString(),
  }));
}

/** How many webhooks one query reads. */
const PAGE = 1000;

/** All webhooks that are not removed, by id. */
export async function listAllWebhooks(orm: Database): Promise<WebhookView[]> {
  const all: WebhookView[] = [];
  for (;;) {
    const page = await listWebhooks(orm, { after: all.at(-1)?.id ?? 0, limit: PAGE });
    all.push(...page);
    if (page.length <= PAGE) return all;
  }
}

const liveWebhooks = statement('live webhooks', ({ ids }: Given<{ ids: readonly number[] }>) =>
  db
    .selectFrom('webhook')
    .select('id')
    .where('id', '=', anyOf(ids))
    .where('removed_at', 'is', null),
);

/** Returns which of these webhooks are not removed. */
export async function readLiveWebhooks(
  orm: Database,
  webhookIds: readonly number[],
): Promise<Set<number>> {
  const rows = await rowsOf(orm, liveWebhooks({ ids: webhookIds }));
  return new Set(rows.map(({ id }) => id));
}
