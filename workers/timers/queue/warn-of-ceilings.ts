/** Says at the start that the queues may have more active users than `MAX_ACTIVE_TOTAL` allows, because the setting is younger than they. */
import { sql } from 'kysely';
import type { Logger } from 'pino';
import type { Database } from '../../../src/db/connection/orm.ts';
import { rowsOf } from '../../../src/db/connection/pipeline.ts';
import { type Given, rareStatement } from '../../../src/db/statement.ts';

interface Ceilings {
  /** Of a queue without a value of its own. */
  maxActive: number;
  /** 0 for no limit. */
  maxActiveTotal: number;
}

const sumOfCeilings = rareStatement(
  ({ maxActive }: Given<Pick<Ceilings, 'maxActive'>>) => sql<{ sum: number }>`
    select sum(coalesce(max_active, ${maxActive}::int))::bigint as sum from waiting_queue`,
);

/** Each queue keeps its own ceiling, whatever their sum is; the rule for changes lets none be raised then. */
export async function warnOfCeilings(
  orm: Database,
  { maxActive, maxActiveTotal }: Ceilings,
  log: Logger,
): Promise<void> {
  if (maxActiveTotal === 0) return;
  const [{ sum = 0 } = {}] = await rowsOf(orm, sumOfCeilings({ maxActive }));
  if (sum <= maxActiveTotal) return;
  log.warn(
    `MAX_ACTIVE_TOTAL is ${maxActiveTotal}, but all queues together may have ${sum} active users. Lower the \`maxActive\` of queues (POST /queues/ID/admission).`,
  );
}
