/** Releases the seats whose hold and grace period have expired, in one statement. */
import { sql } from 'kysely';
import type { Database } from '../../src/db/connection/orm.ts';
import { rowsOf } from '../../src/db/connection/pipeline.ts';
import { db, statement } from '../../src/db/statement.ts';
import { recordExpiredHolds } from '../rows/webhook-events.ts';

/** Limits how long the rows stay locked; the next run releases the rest. */
const AT_ONCE_MAX = 10_000;

const now = sql<Date>`statement_timestamp()`;

/** Seats locked by a batch are skipped, because the batch may be paying for them or ending the hold. */
const releaseDue = statement('release due holds', () =>
  db
    .with('due', (with_) =>
      with_
        .selectFrom('seat')
        .select('id')
        .where('state', '=', sql.lit('held'))
        .where('held_until', '<=', now)
        .orderBy('held_until')
        .limit(AT_ONCE_MAX)
        .forUpdate()
        .skipLocked(),
    )
    .with('released', (with_) =>
      with_
        .updateTable('seat')
        .from('due')
        .set({ state: sql.lit('available'), held_until: null })
        .whereRef('seat.id', '=', 'due.id')
        .returning('seat.id'),
    )
    .with('ended', (with_) =>
      with_
        .updateTable('booking')
        .from('released')
        .set({ state: sql.lit('expired'), ended_at: now })
        .whereRef('booking.seat_id', '=', 'released.id')
        .where('booking.state', '=', sql.lit('held'))
        .returningAll('booking'),
    )
    .with('recorded', () => sql<object>`(${recordExpiredHolds(sql`ended`)})`)
    .selectFrom('released')
    .select(sql<number>`count(*)::int`.as('released')),
);

/** @returns how many seats were released */
export async function expireHolds(orm: Database): Promise<number> {
  const [row] = await rowsOf(orm, releaseDue({}));
  return row?.released ?? 0;
}
