/** Loads waiting queues: the numbering of those that users enter or leave, and the settings that operators change. */
import { sql } from 'kysely';
import type { Send } from '../../../src/db/connection/pipeline.ts';
import { anyOf, db, type Given, statement, unprepared } from '../../../src/db/statement.ts';
import { idsIn, type Needing } from '../needing.ts';
import type { Rows } from '../rows.ts';

/**
 * The last rows that a batch locks, so that it holds them for the shortest time. What the admission has removed is that of
 * a moment ago: the count of waiting entries can be too high then, and never too low.
 */
const lockNumberings = statement(
  'lock the numbering of queues',
  ({ queueIds }: Given<{ queueIds: readonly number[] }>) =>
    db
      .selectFrom('queue_numbering')
      .innerJoin('waiting_queue', 'waiting_queue.id', 'queue_id')
      .select(['queue_id as queueId', 'last_number as lastNumber', 'added'])
      .select(['queue_numbering.removed', 'waiting_queue.removed as removedByAdmission'])
      .select('draw_closed_at as drawClosedAt')
      .where('queue_id', '=', anyOf(queueIds))
      .orderBy('queue_id')
      .forNoKeyUpdate('queue_numbering'),
);

export async function loadNumberings(
  send: Send,
  rows: Rows,
  batch: readonly Needing[],
): Promise<void> {
  const queueIds = idsIn(batch, ({ openEntryIn }) => openEntryIn?.queueId);
  if (queueIds.length === 0) return;
  for (const numbering of await send(lockNumberings({ queueIds }))) rows.numberings.load(numbering);
}

/**
 * Loads all queues for commands that change one. Only the rows that commands name are locked: an admission skips a queue that
 * is locked. The sum of all ceilings is guarded by an advisory lock that the batch has taken before, so that it is of now.
 */
export async function loadWaitingQueues(
  send: Send,
  rows: Rows,
  batch: readonly Needing[],
): Promise<void> {
  if (!batch.some(({ needs }) => needs.allQueues)) return;
  const changed = idsIn(batch, ({ allQueues }) =>
    allQueues === true ? undefined : allQueues?.changedId,
  );
  const queues = db
    .selectFrom('waiting_queue')
    .select(['id', 'name', 'created_at as createdAt', 'is_paused as isPaused'])
    .select(['admit_limit as admitLimit', 'admit_window_ms as admitWindowMs'])
    .select(['max_active as maxActive', 'last_admitted as lastAdmitted', 'removed'])
    .orderBy('id');
  const named = queues.where('id', '=', anyOf(sql.val(changed)));
  const locking = send(unprepared(named.forNoKeyUpdate()));
  const reading = send(unprepared(queues));
  for (const queue of await reading) rows.waitingQueues.load(queue);
  for (const queue of await locking) rows.waitingQueues.load(queue);
}
