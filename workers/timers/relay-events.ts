/** Relays recorded events to the webhook queue. */
import type { Database } from '../../src/db/connection/orm.ts';
import { pipelined } from '../../src/db/connection/pipeline.ts';
import { db, type Given, statement } from '../../src/db/statement.ts';
import type { EventRelay, RelayedEvent } from '../outbox/webhooks/messages.ts';

/** The next run relays the rest, in ms. */
const RUN_MS_MAX = 10_000;

/** Events that another process is relaying are skipped. */
const takeEvents = statement('take events', ({ limit }: Given<{ limit: number }>) =>
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
            .limit(limit)
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
 * Queues the messages of all recorded events, and deletes the events, until none is left or the time of the run is over. If the
 * process crashes in between, the next run queues the same messages under the same ids.
 * @returns how many events were relayed
 */
export async function relayEvents(orm: Database, relay: EventRelay): Promise<number> {
  const began = performance.now();
  let relayed = 0;
  for (;;) {
    const limit = relay.eventsAtOnce;
    const count = await relaySome(orm, relay, limit);
    relayed += count;
    if (count < limit || performance.now() - began >= RUN_MS_MAX) return relayed;
  }
}

function relaySome(orm: Database, relay: EventRelay, limit: number): Promise<number> {
  return pipelined(orm, async (send) => {
    const taken = await send(takeEvents({ limit }));
    const events = taken.map(({ id, name, happenedAt, ...event }) => ({
      ...event,
      id: String(id),
      name: name as RelayedEvent['name'],
      happenedAt: happenedAt.getTime(),
    }));
    if (events.length > 0) await relay.putEvents(events);
    return events.length;
  });
}
