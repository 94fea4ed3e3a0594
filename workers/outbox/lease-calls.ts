/** The statements that lease calls owed to payment providers, and that set when they are offered next (`offer-calls.ts`). */
import { sql } from 'kysely';
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

/**
 * Leases due calls, and returns their offers so far. Of each checkout only the oldest call is due, so that its calls keep their
 * order. Refunds come last, because buyers wait for the other calls. Rows that are locked are being leased by another process, or
 * deleted; they are skipped.
 */
export const leaseCalls = statement('lease calls', () =>
  db
    .with('due', (with_) =>
      with_
        .selectFrom('outbox_call as this')
        .select('this.id')
        .where('this.next_at', '<=', sql<Date>`statement_timestamp()`)
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('outbox_call as earlier')
                .select('earlier.id')
                .whereRef('earlier.checkout_id', '=', 'this.checkout_id')
                .whereRef('earlier.id', '<', 'this.id'),
            ),
          ),
        )
        .orderBy(sql`this.kind = 'refund'`)
        .orderBy('this.next_at')
        .orderBy('this.id')
        .limit(AT_ONCE_MAX)
        .forUpdate('this')
        .skipLocked(),
    )
    .updateTable('outbox_call')
    .set({ next_at: sql<Date>`statement_timestamp() + interval '5 s'` })
    .where('id', '=', sql<number>`any (array(select id from due))`)
    .returning(['id', 'kind', 'offers']),
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

/** Calls whose jobs still wait or run are looked at again after a minute, and their offers stay as they are. */
export const putOff = statement('put off calls', ({ ids }: Given<GivenCalls>) =>
  db
    .with('pending', () => unlocked(ids))
    .updateTable('outbox_call')
    .set({ next_at: sql<Date>`statement_timestamp() + interval '1 min'` })
    .where('id', '=', sql<number>`any (array(select id from pending))`),
);
