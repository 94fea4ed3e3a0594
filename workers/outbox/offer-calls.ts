/**
 * Offers the calls that are owed to payment providers to BullMQ. PostgreSQL owes a call, and BullMQ times its tries: the row stays
 * until the command with the answer deletes it, and until then it is offered again and again. So a call survives a crash, an
 * emptied Redis, and an answer that was lost.
 *
 * No transaction is open while Redis is asked: rows that batches delete must not be locked as long as Redis does not respond. An
 * offer is three steps. (1) The rows are leased for five seconds. (2) Their jobs are added; the id of a job is that of the call, so
 * a call has at most one job, and a job that waits or runs is left unchanged. (3) The offers are counted, which sets their next
 * times. After a crash in between, the call is offered again when the lease has run out. Steps 2 and 3 are separate for each
 * queue, because on a Redis Cluster one queue may be away alone.
 */
import type { Job, Queue } from 'bullmq';
import type { Database } from '../../src/db/connection/orm.ts';
import { rowsOf } from '../../src/db/connection/pipeline.ts';
import { inTime } from '../../src/runtime/in-time.ts';
import { TRIES_MAX } from './backoff.ts';
import { AT_ONCE_MAX, countOffers, type LeasedCall, leaseCalls, putOff } from './lease-calls.ts';

/** How long a failed job is kept, in seconds, unless its call is offered again before. */
const DEAD_KEPT_S = 7 * 86_400;

/** The next run offers the rest, in ms. Without a limit a run would not end while calls come due as fast as it offers them. */
const RUN_MS_MAX = 10_000;

/** How long a queue is waited for, in ms. On a Redis Cluster the node of one queue may hang alone, and must not delay the calls of the other. */
const OFFER_MS_MAX = 2000;

/** The data of a job. */
export interface CallJob {
  callId: number;
  offerNumber: number;
}

export interface CallQueues {
  payments: Queue;
  refunds: Queue;
}

/**
 * Offers due calls, round by round, until none is left or the time of the run is over.
 * @param signal ends it before the next round
 * @returns how many due calls were seen
 * @throws the error of PostgreSQL or Redis, or NoAnswerInTime; the calls that were not offered are due again in five seconds
 */
export async function offerCalls(
  orm: Database,
  queues: CallQueues,
  signal?: AbortSignal,
): Promise<number> {
  const began = performance.now();
  let seen = 0;
  while (!signal?.aborted && performance.now() - began < RUN_MS_MAX) {
    const calls = await rowsOf(orm, leaseCalls({}));
    const { refunds = [], payments = [] } = Object.groupBy(calls, ({ kind }) =>
      kind === 'refund' ? 'refunds' : 'payments',
    );
    const offered = await Promise.allSettled([
      offerInTime(orm, queues.payments, payments),
      offerInTime(orm, queues.refunds, refunds),
    ]);
    for (const each of offered) if (each.status === 'rejected') throw each.reason;
    seen += calls.length;
    if (calls.length < AT_ONCE_MAX) break;
  }
  return seen;
}

/** The queues that did not answer an offer in time. It goes on, also after its run has ended. */
const hanging = new WeakSet<Queue>();

/** @throws NoAnswerInTime; Error while the offer before has no answer, so that offers do not pile up at a queue that hangs */
async function offerInTime(orm: Database, queue: Queue, calls: readonly LeasedCall[]) {
  if (calls.length === 0) return;
  if (hanging.has(queue)) throw new Error(`The queue ${queue.name} has not answered yet.`);
  let hasEnded = false;
  const offering = offerTo(orm, queue, calls).finally(() => {
    hasEnded = true;
    hanging.delete(queue);
  });
  try {
    await inTime(offering, OFFER_MS_MAX);
  } finally {
    if (!hasEnded) hanging.add(queue);
  }
}

async function offerTo(orm: Database, queue: Queue, calls: readonly LeasedCall[]): Promise<void> {
  const { dead = [], pending = [], none = [] } = await byJob(queue, calls);
  // A failed job is replaced, so that its call gets a new job with all its tries.
  await Promise.all(dead.map(({ job }) => queue.remove(String(job?.id))));
  const added = [...none, ...dead].map(({ call }) => call);
  await addJobs(queue, added);
  // If a process was killed before it counted its offer, the job has a number that no row has yet.
  const isCounted = ({ call, job }: CallWithJob) => Number(job?.data.offerNumber) <= call.offers;
  const { counted = [], uncounted = [] } = Object.groupBy(pending, (each) =>
    isCounted(each) ? 'counted' : 'uncounted',
  );
  const toCount = [...added, ...uncounted.map(({ call }) => call)].map(({ id }) => id);
  if (toCount.length > 0) await rowsOf(orm, countOffers({ ids: toCount }));
  if (counted.length > 0) await rowsOf(orm, putOff({ ids: counted.map(({ call }) => call.id) }));
}

interface CallWithJob {
  call: LeasedCall;
  job: Job<CallJob> | undefined;
}

/** Not BullMQ's state of a job: to find a job that waits, Redis would search the whole queue for it. */
async function byJob(queue: Queue, calls: readonly LeasedCall[]) {
  const jobs = await Promise.all(calls.map(({ id }) => queue.getJob(jobIdOf(id))));
  const found = calls.map((call, index): CallWithJob => ({ call, job: jobs[index] }));
  return Object.groupBy(found, ({ job }) => {
    if (!job) return 'none';
    return job.finishedOn === undefined ? 'pending' : 'dead';
  });
}

const jobIdOf = (callId: number) => `call-${callId}`;

async function addJobs(queue: Queue, calls: readonly LeasedCall[]): Promise<void> {
  if (calls.length === 0) return;
  const jobs = calls.toSorted(byId).map(({ id, kind, offers }) => ({
    name: kind,
    data: { callId: id, offerNumber: offers + 1 } satisfies CallJob,
    opts: {
      jobId: jobIdOf(id),
      attempts: TRIES_MAX,
      backoff: { type: 'custom' },
      // The id of a completed job would keep the call from being offered again.
      removeOnComplete: true,
      removeOnFail: { age: DEAD_KEPT_S },
      // A buyer waits for `open`, and nobody for a look. Jobs without a priority come first.
      ...(kind === 'look' && { priority: 1 }),
    },
  }));
  await queue.addBulk(jobs);
}

const byId = (one: LeasedCall, other: LeasedCall) => one.id - other.id;
