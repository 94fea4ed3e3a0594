/**
 * Admission. To admit a user makes their queue entry active, which begins a session: the time in which the user can book and
 * pay. The user claims the session by the first request with its queue token. A session ends early if it is not claimed in
 * time, so that the next user can be admitted.
 *
 * An admission run first ends sessions that have expired or were not claimed in time. Then it admits waiting users in the
 * order of their numbers; users who have stopped polling are skipped. At most `admitLimit` users are admitted within any
 * window, and at most `maxActive` sessions are active. No user is admitted while admission is paused, a draw is gathering, or
 * all seats are sold.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../../../src/db/connection/orm.ts';
import { pipelined } from '../../../src/db/connection/pipeline.ts';
import { isSoldOut } from '../../../src/db/reads/stock.ts';
import { db, type Given, statement } from '../../../src/db/statement.ts';
import { recordAdmissions, recordEndedEntries } from '../../rows/webhook-events.ts';
import { drawIfDue } from './draw.ts';

/** Serializes admissions, so that each one counts the users admitted before it. */
const ADMISSION_LOCK = 1_588_002_821;

/** Times in ms. Values that operators have set in the database override the first three. */
export interface AdmissionSettings {
  /** How many users are admitted within any window of `admitWindowMs`. */
  admitLimit: number;
  admitWindowMs: number;
  /** How many sessions are active at most. */
  maxActive: number;
  /** How long a session lasts. */
  queueTokenMs: number;
  /** A waiting user who has not polled for this long is inactive, and is skipped. */
  waitingIdleMs: number;
  /** How long after the admission a session can be claimed. */
  claimMs: number;
}

/** API processes write claims once a second. A session counts as unclaimed only after late claims are written. */
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
    void send(takeAdmissionLock({}));
    void send(endSessions({ claimMs: settings.claimMs + CLAIMS_WRITTEN_MS }));
    await drawIfDue(send);
    const [admitted] = await send(admitWaiting(settings));
    return admitted ?? { count: 0, lastNumber: 0 };
  });
}

const takeAdmissionLock = statement(
  'take the admission lock',
  () => sql`select pg_advisory_xact_lock(${ADMISSION_LOCK})`,
);

const now = sql<Date>`statement_timestamp()`;
const ms = (given: RawBuilder<number>) => sql`${given} * interval '1 ms'`;

/**
 * No order of the entry is held. Past `booking_until` such an entry is of no use any more, and another user needs its slot.
 * A scalar subquery looks up one entry by index; for `not exists`, PostgreSQL may read all held orders first.
 */
const holdsNothing = sql<boolean>`(select true from app_order
  where entry_number = queue_entry.number and live_state = 'held' limit 1) is null`;

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
            entry('booking_until', '<=', now).and(holdsNothing),
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
          end_reason: sql`case when expires_at <= ${now} or booking_until <= ${now} then 'expired'
            else 'unclaimed' end`,
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
      )) end as count
      from setting
    ), chosen as (
      select number from queue_entry
      where state = 'waiting' and coalesce(seen_at, entered_at) > ${now} - ${ms(given.waitingIdleMs)}
      order by number limit (select count from room)
      for update
    ), admitted as (
      update queue_entry set state = 'active', admitted_at = ${now},
        expires_at = ${now} + ${ms(given.queueTokenMs)},
        booking_until = ${now} + ${ms(given.queueTokenMs)}
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
