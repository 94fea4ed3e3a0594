/**
 * Admission: ends the sessions that have run out or were never used, then turns waiting places into
 * active ones: first come first served among those who are still there, never more than the limit within
 * any window, never more than the ceiling at once, nobody while it is paused or everything is sold.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../../src/db/connection/orm.ts';
import { pipelined } from '../../src/db/connection/pipeline.ts';
import { isSoldOut } from '../../src/db/reads/stock.ts';
import { db, type Given, statement } from '../../src/db/statement.ts';
import { recordAdmissions, recordEndedEntries } from '../rows/webhook-events.ts';
import { drawIfDue } from './draw.ts';

/** Admissions take turns under it, so that each one counts those before it. */
const ADMISSION_LOCK = 1_588_002_821;

/** Times in ms. What operators have set in the database wins over the first three. */
export interface AdmissionSettings {
  admitLimit: number;
  admitWindowMs: number;
  maxActive: number;
  queueTokenMs: number;
  waitingIdleMs: number;
  claimMs: number;
}

/** API processes write claims each second. A slot passes on only after late claims have been written. */
const CLAIMS_WRITTEN_MS = 3000;

/** A condition: a draw is near, and who waits is not admitted before it. */
const isGathering = sql`exists (
  select 1 from draw where drawn_at is null and gathers_at <= statement_timestamp())`;

export interface Admitted {
  /** Users. */
  count: number;
  /** The highest number among them; 0 where there are none. */
  lastNumber: number;
}

/** Admits whoever may be admitted now. */
export async function admit(orm: Database, settings: AdmissionSettings): Promise<Admitted> {
  return pipelined(orm, async (send) => {
    // A statement of its own: the next ones must see what the admission before this one committed.
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

/** Sessions that a batch has locked are passed over: it may be ending them with a payment. */
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

/** The places are locked without skipping: nobody is passed over because of a request of one's own. */
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
