/**
 * Admission: ends sessions that have expired or were never claimed, then admits waiting users. Users who are not inactive
 * are admitted in the order of their numbers, never more than the limit within any window, and never more than the
 * maximum of active sessions. No user is admitted while admission is paused, a draw is gathering, or all seats are sold.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../../src/db/connection/orm.ts';
import { pipelined } from '../../src/db/connection/pipeline.ts';
import { isSoldOut } from '../../src/db/reads/stock.ts';
import { db, type Given, statement } from '../../src/db/statement.ts';
import { recordAdmissions, recordEndedEntries } from '../rows/webhook-events.ts';
import { drawIfDue } from './draw.ts';

/** Serializes admissions, so that each one counts the users admitted before it. */
const ADMISSION_LOCK = 1_588_002_821;

/** Times in ms. Values that operators have set in the database override the first three. */
export interface AdmissionSettings {
  admitLimit: number;
  admitWindowMs: number;
  maxActive: number;
  queueTokenMs: number;
  waitingIdleMs: number;
  claimMs: number;
}

/** API processes write claims once a second. An unclaimed slot goes to the next user only after late claims are written. */
const CLAIMS_WRITTEN_MS = 3000;

/** A condition: a draw is gathering, so no user is admitted until it is drawn. */
const isGathering = sql`exists (
  select 1 from draw where drawn_at is null and gathers_at <= statement_timestamp())`;

export interface Admitted {
  /** Number of admitted users. */
  count: number;
  /** The highest queue number among them; 0 if none was admitted. */
  lastNumber: number;
}

/** Admits all users who may be admitted now. */
export async function admit(orm: Database, settings: AdmissionSettings): Promise<Admitted> {
  return pipelined(orm, async (send) => {
    // The lock needs a separate statement, so that the next ones see what the previous admission committed.
    void send(takeTurn({}));
    void send(endSessions({ claimMs: settings.claimMs + CLAIMS_WRITTEN_MS }));
    await drawIfDue(send);
    const [admitted] = await send(admitWaiting(settings));
    return admitted ?? { count: 0, lastNumber: 0 };
  });
}

const takeTurn = statement(
  'take the turn to admit',
  () => sql`select pg_advisory_xact_lock(${ADMISSION_LOCK})`,
);

const now = sql<Date>`statement_timestamp()`;
const ms = (given: RawBuilder<number>) => sql`${given} * interval '1 ms'`;

/** Sessions locked by a batch are skipped, because its payment may be ending them. */
const endSessions = statement('end sessions', ({ claimMs }: Given<{ claimMs: number }>) =>
  db
    .with('due', (with_) =>
      with_
        .selectFrom('queue_entry')
        .select('number')
        .where('state', '=', sql.lit('active'))
        .where((entry) =>
          entry.or([
            entry('expires_at', '<=', now),
            entry('claimed_at', 'is', null).and(
              'admitted_at',
              '<=',
              sql<Date>`${now} - ${ms(claimMs)}`,
            ),
          ]),
        )
        .orderBy('number')
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
          end_reason: sql`case when expires_at <= ${now} then 'expired' else 'unclaimed' end`,
        })
        .whereRef('queue_entry.number', '=', 'due.number')
        .returningAll('queue_entry'),
    )
    .with('recorded', () => sql<object>`(${recordEndedEntries(sql`ended`)})`)
    .selectFrom('ended')
    .select(sql<number>`count(*)::int`.as('ended')),
);

/** Locked entries are awaited rather than skipped: a user's own request must not cost them their turn. */
const admitWaiting = statement(
  'admit',
  (given: Given<Omit<AdmissionSettings, 'claimMs'>>) => sql<Admitted>`
    with setting as (
      select is_paused, coalesce(admit_limit, ${given.admitLimit}::int) as admit_limit,
        coalesce(admit_window_ms, ${given.admitWindowMs}::int) as window_ms,
        coalesce(max_active, ${given.maxActive}::int) as max_active
      from waiting_queue
    ), room as (
      select case when is_paused or ${isSoldOut} or ${isGathering} then 0 else greatest(0, least(
        admit_limit - (select count(*) from queue_entry
          where admitted_at > statement_timestamp() - window_ms * interval '1 ms'),
        max_active - (select count(*) from queue_entry where state = 'active')
      )) end as places
      from setting
    ), chosen as (
      select number from queue_entry
      where state = 'waiting' and coalesce(seen_at, entered_at) > ${now} - ${ms(given.waitingIdleMs)}
      order by number limit (select places from room)
      for update
    ), admitted as (
      update queue_entry set state = 'active', admitted_at = ${now},
        expires_at = ${now} + ${ms(given.queueTokenMs)}
      from chosen where queue_entry.number = chosen.number
      returning queue_entry.*
    ), recorded as (${recordAdmissions(sql`admitted`)}
    ), counted as (
      select count(*)::int as admitted, coalesce(max(number), 0) as last from admitted
    ), noted as (
      update waiting_queue set waiting = waiting - counted.admitted,
        last_admitted = greatest(last_admitted, counted.last)
      from counted where counted.admitted > 0
    )
    select admitted as count, last as "lastNumber" from counted`,
);
