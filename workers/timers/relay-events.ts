/** Hands recorded events to the webhooks' queue. */
import { sql } from 'kysely';
import type { Database } from '../../src/db/connection/orm.ts';
import { pipelined } from '../../src/db/connection/pipeline.ts';
import { epochMs } from '../../src/db/reads/epoch-ms.ts';
import type { HappenedEvent } from '../webhooks/messages.ts';

/** Bounds a transaction; the next one takes the rest. */
const AT_ONCE_MAX = 1000;

interface EventRow {
  id: string;
  name: string;
  subject: string | null;
  data: object;
  happened_at: number;
}

/**
 * Queues the messages of all recorded events, and then deletes the events. A process that dies in between leaves them
 * to the next turn, which queues the same messages under the same ids.
 * @param put queues messages
 * @returns how many events
 */
export async function relayEvents(
  orm: Database,
  put: (events: readonly HappenedEvent[]) => Promise<void>,
): Promise<number> {
  let relayed = 0;
  for (;;) {
    const count = await relaySome(orm, put);
    relayed += count;
    if (count < AT_ONCE_MAX) return relayed;
  }
}

/** Events that another process is relaying are skipped. */
function relaySome(orm: Database, put: (events: readonly HappenedEvent[]) => Promise<void>) {
  return pipelined(orm, async (send) => {
    const rows = await send(sql<EventRow>`
      with taken as (
        delete from webhook_event where id in (
          select id from webhook_event order by id limit ${AT_ONCE_MAX} for update skip locked
        ) returning *
      )
      select taken.id, taken.name, subject, data, ${epochMs('happened_at')} as happened_at
      from taken left join app_user on app_user.id = taken.user_id order by taken.id`);
    if (rows.length > 0) await put(rows.map(toEvent));
    return rows.length;
  });
}

function toEvent({ id, name, subject, data, happened_at: happenedAt }: EventRow): HappenedEvent {
  return { id, name: name as HappenedEvent['name'], subject, data, happenedAt };
}
