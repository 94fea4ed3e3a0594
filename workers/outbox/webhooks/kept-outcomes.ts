/**
 * Outcomes that the webhook queue did not take, because its Redis server is away. They are kept in PostgreSQL among the events, so that no
 * lane waits for that server; `timers/relay-events.ts` relays them once it is back.
 */
import { sql } from 'kysely';
import type { Database } from '../../../src/db/connection/orm.ts';
import { rowsOf } from '../../../src/db/connection/pipeline.ts';
import { type Given, statement } from '../../../src/db/statement.ts';
import type { Message } from './messages.ts';

/** The name of their rows in `webhook_event`. No event has it. */
export const KEPT_OUTCOME = 'command-outcome';

/** A message with those to whom it is owed. */
export interface KeptOutcome {
  message: Message;
  webhookIds: readonly number[];
}

const keep = statement(
  'keep outcomes for webhooks',
  ({ kept }: Given<{ kept: string }>) => sql<object>`
    insert into webhook_event (name, user_id, data, happened_at)
    select ${sql.lit(KEPT_OUTCOME)}, null, value, statement_timestamp()
    from jsonb_array_elements(${kept}::jsonb)`,
);

/** Repeating it only repeats the messages, which have the same ids. */
export async function keepOutcomes(orm: Database, kept: readonly KeptOutcome[]): Promise<void> {
  await rowsOf(orm, keep({ kept: JSON.stringify(kept) }));
}
