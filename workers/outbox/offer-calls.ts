/**
 * Offers the calls that are owed to payment providers to BullMQ. PostgreSQL owes a call, and BullMQ times its tries: the row stays
 * until the command with the answer deletes it, and until then it is offered again and again. So a call survives a crash, an
 * emptied Redis, and an answer that was lost.
 *
 * No transaction is open while Redis is asked: rows that batches delete must not be locked as long as Redis does not respond. An
 * offer is three steps. (1) The rows are leased for five seconds. (2) Their jobs are added; the id of a job is that of the call, so
 * a call has at most one job, and a job that waits or runs is left unchanged. (3) The offers are counted, which sets their next
 * times. After a crash in between, the call is offered again when the lease has run out.
 */
import type { Queue } from 'bullmq';
import { sql } from 'kysely';
import type { Database } from '../../src/db/connection/orm.ts';
import { rowsOf } from '../../src/db/connection/pipeline.ts';
import { anyOf, db, type Given, statement } from '../../src/db/statement.ts';
import { TRIES_MAX } from './backoff.ts';
import type { CallKind } from './find-calls.ts';

/** Maximum of calls of a queue in one run; the next run follows at once. */
const AT_ONCE_MAX = 500;

/** The data of a job. */
export interface CallJob {
  callId: number;
  offer: number;
}

export interface CallQueues {
  payments: Queue;
  refunds: Queue;
}

/**
 * Leases due calls, and returns their offers so far. Of each checkout only the oldest call is due, so that its calls keep their
 * order. Refunds come last, because buyers wait for the other calls. Rows that are locked are being leased by another process, or
 * deleted; they are skipped.
 */
const leaseCalls = statement('lease calls', () =>
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

/**
 * Counts offers, and sets when the calls are offered next: after one minute, then after twice as long each time, at most half an
 * hour. A call whose row is locked is being answered; if it is not, it is offered again after the lease.
 */
const countOffers = statement('count offers', ({ ids }: Given<{ ids: readonly number[] }>) =>
  db
    .with('offered', (with_) =>
      with_
        .selectFrom('outbox_call')
        .select('id')
        .where('id', '=', anyOf(ids))
        .orderBy('id')
        .forUpdate()
        .skipLocked(),
    )
    .updateTable('outbox_call')
    .set((row) => ({
      offers: row('offers', '+', 1),
      next_at: sql<Date>`statement_timestamp()
          + least(interval '1 min' * 2 ^ least(offers, 5), interval '30 min')`,
    }))
    .where('id', '=', sql<number>`any (array(select id from offered))`),
);

/**
 * Offers all due calls.
 * @returns how many were offered
 * @throws the error of PostgreSQL or Redis; the calls that were not offered are due again in five seconds
 */
export async function offerCalls(orm: Database, queues: CallQueues): Promise<number> {
  let offered = 0;
  for (;;) {
    const calls = await rowsOf(orm, leaseCalls({}));
    if (calls.length > 0) {
      const { refunds = [], payments = [] } = Object.groupBy(calls, ({ kind }) =>
        kind === 'refund' ? 'refunds' : 'payments',
      );
      await Promise.all([addJobs(queues.payments, payments), addJobs(queues.refunds, refunds)]);
      await rowsOf(orm, countOffers({ ids: calls.map(({ id }) => id) }));
    }
    offered += calls.length;
    if (calls.length < AT_ONCE_MAX) return offered;
  }
}

interface LeasedCall {
  id: number;
  kind: CallKind;
  offers: number;
}

const jobIdOf = (callId: number) => `call-${callId}`;

async function addJobs(queue: Queue, calls: readonly LeasedCall[]): Promise<void> {
  if (calls.length === 0) return;
  await removeDead(queue, calls);
  await queue.addBulk(
    calls.toSorted(byId).map(({ id, kind, offers }) => ({
      name: kind,
      data: { callId: id, offer: offers + 1 } satisfies CallJob,
      opts: {
        jobId: jobIdOf(id),
        attempts: TRIES_MAX,
        backoff: { type: 'custom' },
        // The id of a completed job would keep the call from being offered again.
        removeOnComplete: true,
        removeOnFail: { age: 7 * 86_400 },
        // A buyer waits for `open`, and nobody for a look. Jobs without a priority come first.
        ...(kind === 'look' && { priority: 1 }),
      },
    })),
  );
}

const byId = (one: LeasedCall, other: LeasedCall) => one.id - other.id;

/** Removes jobs of these calls that failed on their last try, so that the calls get new jobs with all their tries. */
async function removeDead(queue: Queue, calls: readonly LeasedCall[]): Promise<void> {
  const ids = calls.filter(({ offers }) => offers > 0).map(({ id }) => jobIdOf(id));
  const states = await Promise.all(ids.map((id) => queue.getJobState(id)));
  const dead = ids.filter((_, index) => states[index] === 'failed');
  await Promise.all(dead.map((id) => queue.remove(id)));
}
