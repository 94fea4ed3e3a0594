/**
 * Admission: ends the sessions that have run out, then turns waiting places into active ones, first
 * come first served, never more than the limit within any window, never more than the ceiling at once.
 */
import { sql } from 'kysely';
import type { Database } from '../../src/db/orm.ts';

/** Admissions take turns under it, so that each one counts those before it. */
const ADMISSION_LOCK = 1_588_002_821;

/** Times in ms. */
export interface AdmissionSettings {
  admitLimit: number;
  admitWindowMs: number;
  maxActive: number;
  queueTokenMs: number;
}

/** @returns how many users were admitted */
export async function admit(orm: Database, settings: AdmissionSettings): Promise<number> {
  return orm.em.fork().transactional(async (em) => {
    const db = em.getKysely();
    // A statement of its own: the next ones must see what the admission before this one committed.
    await sql`select pg_advisory_xact_lock(${ADMISSION_LOCK})`.execute(db);
    await sql`
      update queue_entry set state = 'ended', ended_at = expires_at, end_reason = 'expired'
      where number in (
        select number from queue_entry
        where state = 'active' and expires_at <= statement_timestamp()
        order by number for update skip locked
      )`.execute(db);
    // The places are locked without skipping: nobody is passed over because of a request of one's own.
    const { rows } = await sql<{ admitted: number }>`
      with room as (
        select greatest(0, least(
          ${settings.admitLimit} - (
            select count(*) from queue_entry
            where admitted_at > statement_timestamp() - ${settings.admitWindowMs} * interval '1 ms'),
          ${settings.maxActive} - (select count(*) from queue_entry where state = 'active')
        )) as places
      ), chosen as (
        select number from queue_entry where state = 'waiting'
        order by number limit (select places from room)
        for update
      ), admitted as (
        update queue_entry set state = 'active', admitted_at = statement_timestamp(),
          expires_at = statement_timestamp() + ${settings.queueTokenMs} * interval '1 ms'
        from chosen where queue_entry.number = chosen.number
        returning queue_entry.number
      ), counted as (
        select count(*)::int as admitted from admitted
      ), noted as (
        update waiting_queue set waiting = waiting - counted.admitted
        from counted where counted.admitted > 0
      )
      select admitted from counted`.execute(db);
    return rows[0]?.admitted ?? 0;
  });
}
