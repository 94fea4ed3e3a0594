/** The one read by which the simulated code uses the entity manager: of the webhooks that are not removed (`listWebhooks`). */
import { Webhook } from '../../../src/db/entities/index.ts';
import type { WebhookView } from '../../../src/db/reads/webhooks.ts';
import { currentProcess } from '../host/processes.ts';
import type { Server, SimConnection } from './connection.ts';

type Row = Omit<WebhookView, 'createdAt'> & { createdAt: Date };

interface Wanted {
  id: { $gt: number };
}

/**
 * Reads beside the session: `relayEvents` has a transaction open while it reads the webhooks over another connection.
 * @throws Error for any other entity
 */
export function findWebhooks({ engine, scheduler, hooks }: Server) {
  return async (
    entity: unknown,
    { id: { $gt: after } }: Wanted,
    { limit }: { limit: number },
  ): Promise<Row[]> => {
    if (entity !== Webhook) throw new Error('A simulation has no entity manager for this entity.');
    const me = currentProcess();
    const isReady = () => {
      const holder = engine.holder as SimConnection | undefined;
      return holder === undefined || holder.process === me;
    };
    await new Promise<void>((resolve) => scheduler.add('sql webhooks', resolve, isReady));
    if (hooks.isLost('before')) throw new Error('The connection to PostgreSQL was lost.');
    const rows = engine.read<WebhookView>(`
      select id, url, commands, events, created_at as "createdAt" from webhook
      where id > ${after} and removed_at is null order by id limit ${limit}`);
    return rows.map((row) => ({ ...row, createdAt: new Date(row.createdAt) }));
  };
}
