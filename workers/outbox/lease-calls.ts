/** The statements that lease calls owed to payment providers, and that set when they are offered next (`offer-calls.ts`). */
import { type RawBuilder, sql } from 'kysely';
import { anyOf, db, type Given, statement } from '../../src/db/statement.ts';
import type { CallKind } from './find-calls.ts';

/** Maximum of calls that are leased at once; the next lease follows when they are offered. */
export const AT_ONCE_MAX = 500;

export interface LeasedCall {
  id: number;
  kind: CallKind;
  /** How often the call was offered before. */
  offers: number;
}

/** Due calls that meet a condition, the longest due first. Rows that are locked are skipped. */
const due = (isKind: RawBuilder<boolean>) => sql`
  select this.id, this.next_at from outbox_call as this
  where ${isKind} and this.next_at <= statement_timestamp() and not exists (
    select from outbox_call as earlier where earlier.checkout_id = this.checkout_id and earlier.id < this.id
  )
  order by this.next_at, this.id limit ${sql.lit(AT_ONCE_MAX)} for update of this skip locked`;

/**
 * Leases due calls, and returns their offers so far. Of each checkout only the oldest call is due, so that its calls keep their
 * order. Refunds come last, because buyers wait for the other calls, and each of the two has an index of its own. Rows that are
 * locked are being leased by another process, or deleted.
 */
export const leaseCalls = statement(
  'lease calls',
  () => sql<LeasedCall>`
    with urgent as materialized (${due(sql`this.kind <> 'refund'`)}),
    refunds as materialized (${due(sql`this.kind = 'refund'`)})
    update outbox_call set next_at = statement_timestamp() + interval '5 s'
    where id = any (array(
      select id from (
        select id, next_at, 1 as turn from urgent union all select id, next_at, 2 from refunds
      ) as due order by turn, next_at, id limit ${sql.lit(AT_ONCE_MAX)}
    ))
    returning id, kind, offers`,
);

interface GivenCalls {
  ids: readonly number[];
}

/** Locks the rows of these calls that nobody else has locked. A locked row is being answered. */
const unlocked = (ids: Given<GivenCalls>['ids']) =>
  db
    .selectFrom('outbox_call')
    .select('id')
    .where('id', '=', anyOf(ids))
    .orderBy('id')
    .forUpdate()
    .skipLocked();

/**
 * Counts offers, and sets when the calls are offered next: after one minute, then after twice as long each time, at most half an
 * hour. A call whose row is locked, but that is not answered, is offered again after the lease.
 */
export const countOffers = statement('count offers', ({ ids }: Given<GivenCalls>) =>
  db
    .with('offered', () => unlocked(ids))
    .updateTable('outbox_call')
    .set((row) => ({
      offers: row('offers', '+', 1),
      next_at: sql<Date>`statement_timestamp()
          + least(interval '1 min' * 2 ^ least(offers, 5), interval '30 min')`,
    }))
    .where('id', '=', sql<number>`any (array(select id from offered))`),
);

/**
 * Calls whose jobs still wait or run are looked at again after half of their age, from one minute to half an hour, and their offers stay
 * as they are. So the many calls of a mass refund, which takes hours, are not all looked at each minute.
 */
export const putOff = statement('put off calls', ({ ids }: Given<GivenCalls>) =>
  db
    .with('pending', () => unlocked(ids))
    .updateTable('outbox_call')
    .set({
      next_at: sql<Date>`statement_timestamp() + least(interval '30 min',
          greatest(interval '1 min', (statement_timestamp() - created_at) / 2))`,
    })
    .where('id', '=', sql<number>`any (array(select id from pending))`),
);
