/** Writes what a batch did to the waiting queue: its entries and its counters. */
import { sql } from 'kysely';
import type { Rows } from './rows.ts';
import { tableOf } from './table-of.ts';
import { recordEndedEntries } from './webhook-events.ts';
import type { Statements } from './write-operator-rows.ts';

export function updateQueueEntries(rows: Rows): Statements {
  const changed = [...rows.queueEntries.changed];
  if (changed.length === 0) return [];
  return [
    sql`
    update queue_entry set
      state = changed.state, ended_at = changed.ended_at, end_reason = changed.end_reason
    from ${tableOf('changed', changed, {
      number: ['bigint', (entry) => entry.number],
      state: ['text', (entry) => entry.state],
      ended_at: ['timestamptz', (entry) => entry.endedAt],
      end_reason: ['text', (entry) => entry.endReason],
    })}
    where queue_entry.number = changed.number`,
  ];
}

/** Sessions that had run out, and that a command of their user has ended before the timer did. */
export function recordExpiredEntries(rows: Rows): Statements {
  const expired = [...rows.queueEntries.changed].filter(({ endReason }) => endReason === 'expired');
  if (expired.length === 0) return [];
  const ended = tableOf('ended', expired, {
    number: ['bigint', (entry) => entry.number],
    user_id: ['bigint', (entry) => entry.userId],
    end_reason: ['text', (entry) => entry.endReason],
    ended_at: ['timestamptz', (entry) => entry.endedAt],
  });
  return [recordEndedEntries(ended)];
}

export function insertQueueEntries(rows: Rows): Statements {
  const added = [...rows.queueEntries.added];
  if (added.length === 0) return [];
  return [
    sql`
    insert into queue_entry (number, user_id, state, entered_at, ended_at, end_reason, job_id)
    select * from ${tableOf('added', added, {
      number: ['bigint', (entry) => entry.number],
      user_id: ['bigint', (entry) => entry.userId],
      state: ['text', (entry) => entry.state],
      entered_at: ['timestamptz', (entry) => entry.enteredAt],
      ended_at: ['timestamptz', (entry) => entry.endedAt],
      end_reason: ['text', (entry) => entry.endReason],
      job_id: ['text', (entry) => entry.jobId],
    })}`,
  ];
}

export function updateWaitingQueue({ waitingQueue: queue }: Rows): Statements {
  if (!queue?.isChanged) return [];
  return [
    sql`
    update waiting_queue set last_number = ${queue.lastNumber}, waiting = ${queue.waiting},
        is_paused = ${queue.isPaused}, admit_limit = ${queue.admitLimit},
        admit_window_ms = ${queue.admitWindowMs}, max_active = ${queue.maxActive}`,
  ];
}
