/** Reads the counters and settings of all waiting queues. */
import { sql } from 'kysely';
import type { Database } from '../../connection/orm.ts';
import { rowsOf } from '../../connection/pipeline.ts';
import { db, type Given, rareStatement, statement } from '../../statement.ts';
import { soldOutQueues } from '../stock.ts';
import { drawOverdueSeconds, opensAt } from './draws.ts';

export interface QueueCounters {
  id: number;
  name: string;
  createdAt: Date;
  /** Number of waiting entries. */
  waiting: number;
  active: number;
  /** The highest number assigned so far. */
  lastNumber: number;
  /** The highest number admitted so far. */
  lastAdmitted: number;
  /** Users admitted in the last minute. */
  admittedLastMinute: number;
  isPaused: boolean;
  /** Whether a draw is gathering, so that no user is admitted. */
  isGathering: boolean;
  /** When a gathering draw is held; null if none is. */
  opensAt: Date | null;
  /** For how long a gathering draw should have begun; 0 if none is overdue. A draw that takes its time counts too. */
  drawOverdueSeconds: number;
  /** Whether all seats are sold to which the queue admits, so that no user is admitted. */
  isSoldOut: boolean;
  /** Values set by operators; null means the configured setting applies. Times in ms. */
  admitLimit: number | null;
  admitWindowMs: number | null;
  maxActive: number | null;
}

/** Uses small indexes, so its cost depends on the number of queues and active users, and not on the length of the queues. */
const counters = statement('queue counters', () =>
  db
    .with(
      (name) => name('sold_out').materialized(),
      () => sql<{ queue_id: number }>`(${soldOutQueues})`,
    )
    .selectFrom('waiting_queue')
    .innerJoin('queue_numbering as numbering', 'numbering.queue_id', 'waiting_queue.id')
    .select([
      'waiting_queue.id',
      'name',
      'created_at as createdAt',
      'last_number as lastNumber',
      'last_admitted as lastAdmitted',
      'is_paused as isPaused',
      'admit_limit as admitLimit',
      'admit_window_ms as admitWindowMs',
      'max_active as maxActive',
    ])
    .select([
      sql<number>`(added - numbering.removed - waiting_queue.removed)::int`.as('waiting'),
      sql<boolean>`waiting_queue.id in (select queue_id from sold_out)`.as('isSoldOut'),
      opensAt.as('opensAt'),
      drawOverdueSeconds.as('drawOverdueSeconds'),
      sql<number>`(select count(*)::int from queue_entry
        where queue_entry.queue_id = waiting_queue.id and state = 'active')`.as('active'),
      sql<number>`(select count(*)::int from queue_entry
        where queue_entry.queue_id = waiting_queue.id
          and admitted_at > statement_timestamp() - interval '1 minute')`.as('admittedLastMinute'),
    ])
    .orderBy('waiting_queue.id'),
);

const queueById = rareStatement(({ queueId }: Given<{ queueId: number }>) =>
  db.selectFrom('waiting_queue').select('id').where('id', '=', queueId),
);

/** Whether there is a queue with this id. */
export async function hasQueue(orm: Database, queueId: number): Promise<boolean> {
  return (await rowsOf(orm, queueById({ queueId }))).length > 0;
}

/** The counters of all queues, by id. */
export async function readQueueCounters(orm: Database): Promise<QueueCounters[]> {
  const rows = await rowsOf(orm, counters({}));
  return rows.map((queue) => ({ ...queue, isGathering: queue.opensAt !== null }));
}
