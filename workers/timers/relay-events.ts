/** Relays recorded events to the webhook queue. */
import type { Database } from '../../src/db/connection/orm.ts';
import { pipelined } from '../../src/db/connection/pipeline.ts';
import { db, statement } from '../../src/db/statement.ts';
import type { RelayedEvent } from '../outbox/webhooks/messages.ts';

/** Maximum of events per transaction; the next one takes the rest. */
const AT_ONCE_MAX = 200;
/** The next run relays the rest, in ms. */
const RUN_MS_MAX = 10_000;

/** Events that another process is relaying are skipped. */
const takeEvents = statement('take events', () =>
  db
    .with('taken', (with_) =>
      with_
        .deleteFrom('webhook_event')
        .where(
          'id',
          'in',
          with_
            .selectFrom('webhook_event')
            .select('id')
            .orderBy('id')
            .limit(AT_ONCE_MAX)
            .forUpdate()
            .skipLocked(),
        )
        .returningAll(),
    )
    .selectFrom('taken')
    .leftJoin('app_user', 'app_user.id', 'taken.user_id')
    .select(['taken.id', 'taken.name', 'subject', 'data', 'happened_at as happenedAt'])
    .orderBy('taken.id'),
);

/**
 * Queues the messages of all recorded events, and deletes the events, until none is left or the time of the run is over. If the process crashes in between, the next run
 * queues the same messages under the same ids.
 * @param put queues messages
 * @returns how many events were relayed
 */
export async function relayEvents(
  orm: Database,
  put: (events: readonly RelayedEvent[]) => Promise<void>,
): Promise<number> {
  const began = performance.now();
  let relayed = 0;
  for (;;) {
    const count = await relaySome(orm, put);
    relayed += count;
    if (count < AT_ONCE_MAX || performance.now() - began >= RUN_MS_MAX) return relayed;
  }
}

function relaySome(orm: Database, put: (events: readonly RelayedEvent[]) => Promise<void>) {
  return pipelined(orm, async (send) => {
    const taken = await send(takeEvents({}));
    const events = taken.map(({ id, name, happenedAt, ...event }) => ({
      ...event,
      id: String(id),
      name: name as RelayedEvent['name'],
      happenedAt: happenedAt.getTime(),
    }));
    if (events.length > 0) await put(events);
    return events.length;
  });
}
