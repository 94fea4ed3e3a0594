/** Loads queue entries, and the row of `waiting_queue` that numbers and counts them. */
import { sql } from 'kysely';
import type { Send } from '../../src/db/connection/pipeline.ts';
import { anyOf, db, type Given, statement } from '../../src/db/statement.ts';
import type { Rows } from './rows.ts';

const queueEntries = db
  .selectFrom('queue_entry')
  .select([
    'number',
    'user_id as userId',
    'state',
    'entered_at as enteredAt',
    'expires_at as expiresAt',
    'ended_at as endedAt',
    'end_reason as endReason',
    'job_id as jobId',
  ]);

interface LockedEntries {
  numbers: readonly number[];
  /** The users whose open entries are locked. */
  userIds: readonly number[];
}

const lockEntries = statement('lock queue entries', ({ numbers, userIds }: Given<LockedEntries>) =>
  queueEntries
    .where((entry) =>
      entry.or([
        entry('number', '=', anyOf(numbers)),
        entry('user_id', '=', anyOf(userIds)).and(sql<boolean>`state in ('waiting', 'active')`),
      ]),
    )
    .orderBy('number')
    .forUpdate(),
);
const readEntries = statement(
  'read queue entries',
  ({ numbers }: Given<{ numbers: readonly number[] }>) =>
    queueEntries.where('number', '=', anyOf(numbers)),
);

export async function loadQueueEntries(
  send: Send,
  rows: Rows,
  { locked, onlyRead }: { locked: LockedEntries; onlyRead: readonly number[] },
): Promise<void> {
  const isAnyLocked = locked.numbers.length > 0 || locked.userIds.length > 0;
  const found = await Promise.all([
    isAnyLocked ? send(lockEntries(locked)) : [],
    onlyRead.length > 0 ? send(readEntries({ numbers: onlyRead })) : [],
    locked.userIds.length > 0 ? loadWaitingQueue(send, rows) : [],
  ]);
  for (const entry of found.flat()) rows.queueEntries.load(entry);
}

const lockWaitingQueue = statement('lock the waiting queue', () =>
  db
    .selectFrom('waiting_queue')
    .select([
      'id',
      'last_number as lastNumber',
      'waiting',
      'is_paused as isPaused',
      'admit_limit as admitLimit',
      'admit_window_ms as admitWindowMs',
      'max_active as maxActive',
    ])
    .forUpdate(),
);

async function loadWaitingQueue(send: Send, rows: Rows): Promise<[]> {
  const [queue] = await send(lockWaitingQueue({}));
  if (!queue) throw new Error('The table waiting_queue has no row.');
  rows.waitingQueue = { ...queue, isChanged: false };
  return [];
}
