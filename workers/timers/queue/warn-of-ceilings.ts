/** Says at the start that the queues may have more active users than `MAX_ACTIVE_TOTAL` allows, because the setting is younger than they. */
import type { Logger } from 'pino';
import type { Database } from '../../../src/db/connection/orm.ts';
import { rowsOf } from '../../../src/db/connection/pipeline.ts';
import { db, rareStatement } from '../../../src/db/statement.ts';
import { type CeilingSettings, refuseCeilings } from '../../../src/domain/waiting-queues.ts';

const ceilings = rareStatement(() =>
  db.selectFrom('waiting_queue').select('max_active as maxActive'),
);

/** Each queue keeps its own ceiling, whatever their sum; from then on none can be raised. */
export async function warnOfCeilings(
  orm: Database,
  settings: CeilingSettings,
  log: Logger,
): Promise<void> {
  const refusal = refuseCeilings(await rowsOf(orm, ceilings({})), settings);
  if (!refusal) return;
  const advice = 'They are until you lower the `maxActive` of queues (POST /queues/ID/admission).';
  log.warn(`MAX_ACTIVE_TOTAL is not kept. ${refusal.detail} ${advice}`);
}
