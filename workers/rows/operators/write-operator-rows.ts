/**
 * Writes the rows of operators' commands: queues, concerts, draws, webhooks, schedules with their seats, areas and cancellations, and the
 * operators' log. These commands are rare, so their statements are not prepared.
 */
import type { Send } from '../../../src/db/connection/pipeline.ts';
import { type Given, rareStatement, unprepared } from '../../../src/db/statement.ts';
import { insertEach, type Part, updateEach, type Written } from '../part.ts';
import type { Values } from '../row-parameters.ts';
import { concertParts, putImage } from './concert-parts.ts';
import { hallParts } from './hall-parts.ts';
import { insertSeats } from './insert-seats.ts';

/**
 * Queues come first, because concerts and draws refer to them, then concerts and halls, because schedules and draws do, and
 * schedules before areas.
 */
export const operatorParts: readonly Part[] = [
  insertEach(
    'waiting_queue',
    {
      id: 'int',
      name: 'text',
      created_at: 'timestamptz',
      is_paused: 'boolean',
      admit_limit: 'int',
      admit_window_ms: 'int',
      max_active: 'int',
    },
    (rows) => rows.waitingQueues.added,
  ),
  insertEach('queue_numbering', { queue_id: 'int' }, (rows) =>
    [...rows.waitingQueues.added].map(({ id }) => ({ queueId: id })),
  ),
  updateEach(
    'waiting_queue',
    {
      id: 'int',
      is_paused: 'boolean',
      admit_limit: 'int',
      admit_window_ms: 'int',
      max_active: 'int',
    },
    (rows) => rows.waitingQueues.changed,
  ),
  ...concertParts,
  // Before the new ones, because one may take the place of a draw that is cancelled in the same batch.
  updateEach(
    'draw',
    {
      id: 'bigint',
      queue_id: 'int',
      gathers_at: 'timestamptz',
      opens_at: 'timestamptz',
      cancelled_at: 'timestamptz',
    },
    (rows) => rows.draws.changed,
  ),
  insertEach(
    'draw',
    {
      id: 'bigint',
      concert_id: 'bigint',
      queue_id: 'int',
      seed: 'text',
      seed_hash: 'text',
      gathers_at: 'timestamptz',
      opens_at: 'timestamptz',
      cancelled_at: 'timestamptz',
      created_at: 'timestamptz',
    },
    (rows) => rows.draws.added,
  ),
  insertEach(
    'webhook',
    {
      id: 'bigint',
      url: 'text',
      commands: 'jsonb',
      events: 'jsonb',
      created_at: 'timestamptz',
      removed_at: 'timestamptz',
    },
    (rows) => rows.webhooks.added,
  ),
  updateEach(
    'webhook',
    { id: 'bigint', removed_at: 'timestamptz' },
    (rows) => rows.webhooks.changed,
  ),
  ...hallParts,
  insertEach(
    'schedule',
    {
      id: 'bigint',
      concert_id: 'bigint',
      booking_start_at: 'timestamptz',
      booking_end_at: 'timestamptz',
      start_at: 'timestamptz',
      end_at: 'timestamptz',
      seat_count: 'int',
      hall_id: 'bigint',
      hall_version: 'int',
      categories: 'jsonb',
      accessible_until: 'timestamptz',
      price_from: 'int',
      price_to: 'int',
    },
    (rows) => rows.newSchedules.added,
  ),
  updateEach(
    'schedule',
    {
      id: 'bigint',
      booking_start_at: 'timestamptz',
      booking_end_at: 'timestamptz',
      start_at: 'timestamptz',
      end_at: 'timestamptz',
      cancelled_at: 'timestamptz',
      cancel_reason: 'text',
      closed_at: 'timestamptz',
      close_reason: 'text',
    },
    (rows) => rows.schedules.changed,
  ),
  insertEach(
    'cancellation',
    {
      schedule_id: 'bigint',
      pass: 'int',
      cursor_id: 'bigint',
      is_checking: 'boolean',
      next_at: 'timestamptz',
      created_at: 'timestamptz',
    },
    (rows) => rows.cancellations.added,
  ),
  updateEach(
    'cancellation',
    {
      schedule_id: 'bigint',
      pass: 'int',
      cursor_id: 'bigint',
      is_checking: 'boolean',
      next_at: 'timestamptz',
    },
    (rows) => rows.cancellations.changed,
  ),
  insertEach(
    'area',
    {
      schedule_id: 'bigint',
      name: 'text',
      price: 'int',
      capacity: 'int',
      held: 'int',
      sold: 'int',
    },
    (rows) =>
      [...rows.newSchedules.added].flatMap(({ id, areas }) =>
        areas.map((area) => ({ ...area, scheduleId: id, held: 0, sold: 0 })),
      ),
    { isNumbered: true },
  ),
  insertEach(
    'operator_log',
    {
      user_id: 'bigint',
      command: 'text',
      job_id: 'text',
      reason: 'text',
      before: 'jsonb',
      after: 'jsonb',
      order_id: 'bigint',
    },
    (rows) => rows.operatorLog.lines,
    { isTimed: true, isNumbered: true },
  ),
];

const writes = operatorParts.map((part) => ({
  part,
  write: rareStatement((given: Given<Values>) => part.build(given, 'many')),
}));

export function writeOperatorRows(send: Send, written: Written): void {
  for (const { part, write } of writes) {
    const items = part.itemsIn(written);
    if (items.length === 0) continue;
    const values: Values = { now: written.now };
    part.bind(items, 'many', values);
    void send(write(values));
  }
  for (const image of written.rows.concertImages.added) {
    void send(unprepared(putImage(image)));
  }
  for (const schedule of written.rows.newSchedules.added) {
    void send(unprepared(insertSeats(schedule)));
  }
}
