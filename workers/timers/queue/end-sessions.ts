/** Ends sessions that have expired, may place no new orders and hold nothing, or were not claimed in time. */
import { sql } from 'kysely';
import { claimsNotedSince } from '../../../src/db/queue-line.ts';
import { CLAIMS_WRITTEN_MS } from '../../../src/db/reads/queue/presence-times.ts';
import { db, type Given, ms, type Statement, statement } from '../../../src/db/statement.ts';
import { recordEndedEntries } from '../../rows/webhook-events.ts';

const now = sql<Date>`statement_timestamp()`;

/**
 * No order of the entry is held. Past `booking_until` such an entry is of no use any more, and another user needs its slot.
 * A scalar subquery looks up the held orders of one user by index; for `not exists`, PostgreSQL may read all of them first.
 */
const holdsNothing = sql<boolean>`(select true from app_order
  where user_id = queue_entry.user_id and state = 'held' and entry_id = queue_entry.id limit 1) is null`;

interface Ending {
  claimMs: number;
  queueIds: readonly number[] | null;
}

/**
 * Sessions locked by a batch are skipped, because its payment may be ending them. A time in which no API process noted claims does
 * not count, because no user could claim a session.
 */
const endDue = statement('end sessions', ({ claimMs, queueIds }: Given<Ending>) =>
  db
    .with('due', (with_) =>
      with_
        .selectFrom('queue_entry')
        .select('id')
        .where('state', '=', sql.lit('active'))
        .where(sql<boolean>`(${queueIds}::int[] is null or queue_id = any(${queueIds}))`)
        .where((entry) =>
          entry.or([
            entry('expires_at', '<=', now),
            entry('booking_until', '<=', now).and(holdsNothing),
            entry('claimed_at', 'is', null).and(
              sql<boolean>`(admitted_at <= ${now} - ${ms(claimMs)} and ${claimsNotedSince} <= ${now} - ${ms(claimMs)})`,
            ),
          ]),
        )
        .orderBy('id')
        .forUpdate()
        .skipLocked(),
    )
    .with('ended', (with_) =>
      with_
        .updateTable('queue_entry')
        .from('due')
        .set({
          state: sql.lit('ended'),
          ended_at: sql<Date>`least(expires_at, ${now})`,
          end_reason: sql`case when expires_at <= ${now} or booking_until <= ${now} then 'expired'
            else 'unclaimed' end`,
        })
        .whereRef('queue_entry.id', '=', 'due.id')
        .returningAll('queue_entry'),
    )
    .with('recorded', () => sql<object>`(${recordEndedEntries(sql`ended`)})`)
    .selectFrom('ended')
    .select(sql<number>`count(*)::int`.as('ended')),
);

/**
 * A session counts as unclaimed only after late claims are written.
 * @param claimMs how long after the admission a session can be claimed
 * @param queueIds ends sessions of these queues only; null for all
 */
export function endSessions(
  claimMs: number,
  queueIds: readonly number[] | null,
): Statement<unknown> {
  return endDue({ claimMs: claimMs + CLAIMS_WRITTEN_MS, queueIds });
}
