/** All parts of the statement that writes a batch. The rows of operators' commands are in write-operator-rows.ts. */
import { departurePart } from './departure-part.ts';
import { insertEach, type Part, updateEach } from './part.ts';
import { receiptPart } from './receipt-part.ts';

export const parts = {
  seats: updateEach(
    'seat',
    { id: 'bigint', state: 'text', held_until: 'timestamptz', blocked_reason: 'text' },
    (rows) => rows.seats.changed,
  ),
  areas: updateEach(
    'area',
    { id: 'bigint', held: 'int', sold: 'int' },
    (rows) => rows.areas.changed,
  ),
  orders: updateEach(
    'app_order',
    {
      id: 'bigint',
      state: 'text',
      total: 'bigint',
      paid_at: 'timestamptz',
      ended_at: 'timestamptz',
    },
    (rows) => rows.orders.changed,
  ),
  newOrders: insertEach(
    'app_order',
    {
      id: 'bigint',
      user_id: 'bigint',
      concert_id: 'bigint',
      schedule_id: 'bigint',
      queue_id: 'int',
      entry_id: 'bigint',
      state: 'text',
      total: 'bigint',
      hold_expires_at: 'timestamptz',
      paid_at: 'timestamptz',
      ended_at: 'timestamptz',
      job_id: 'text',
    },
    (rows) => rows.orders.added,
    { isTimed: true },
  ),
  bookings: updateEach(
    'booking',
    { id: 'bigint', ended_as: 'text', ended_at: 'timestamptz', area_held_until: 'timestamptz' },
    (rows) => rows.bookings.changed,
  ),
  newBookings: insertEach(
    'booking',
    {
      id: 'bigint',
      order_id: 'bigint',
      user_id: 'bigint',
      concert_id: 'bigint',
      schedule_id: 'bigint',
      seat_id: 'bigint',
      area_id: 'bigint',
      price: 'int',
      ended_as: 'text',
      hold_expires_at: 'timestamptz',
      area_held_until: 'timestamptz',
      ended_at: 'timestamptz',
      job_id: 'text',
      seat_limit: 'int',
    },
    (rows) => rows.bookings.added,
    { isTimed: true },
  ),
  points: updateEach('points', { user_id: 'bigint', balance: 'bigint' }, (rows) =>
    [...rows.points.changed].filter(({ isNew }) => !isNew),
  ),
  newPoints: insertEach('points', { user_id: 'bigint', balance: 'bigint' }, (rows) =>
    [...rows.points.changed].filter(({ isNew }) => isNew),
  ),
  history: insertEach(
    'point_history',
    { user_id: 'bigint', kind: 'text', amount: 'bigint', balance: 'bigint', job_id: 'text' },
    (rows) => rows.points.history,
    { isTimed: true, isNumbered: true },
  ),
  payments: insertEach(
    'payment',
    {
      id: 'bigint',
      order_id: 'bigint',
      booking_id: 'bigint',
      user_id: 'bigint',
      price: 'bigint',
      kind: 'text',
      balance: 'bigint',
      job_id: 'text',
    },
    (rows) => rows.payments,
    { isTimed: true },
  ),
  entries: updateEach(
    'queue_entry',
    { id: 'bigint', state: 'text', ended_at: 'timestamptz', end_reason: 'text' },
    (rows) => rows.queueEntries.changed,
  ),
  /** Entries that go on. One that ends in the same batch is among `entries`, and no row may be updated twice. */
  extendedEntries: updateEach(
    'queue_entry',
    { id: 'bigint', expires_at: 'timestamptz', claimed_at: 'timestamptz' },
    (rows) => [...rows.extendedEntries].filter((entry) => !rows.queueEntries.changed.has(entry)),
  ),
  newEntries: insertEach(
    'queue_entry',
    {
      id: 'bigint',
      queue_id: 'int',
      number: 'bigint',
      user_id: 'bigint',
      state: 'text',
      entered_at: 'timestamptz',
      accepted_at: 'timestamptz',
      ended_at: 'timestamptz',
      end_reason: 'text',
      job_id: 'text',
    },
    (rows) => rows.queueEntries.added,
  ),
  numberings: updateEach(
    'queue_numbering',
    { queue_id: 'int', last_number: 'bigint', added: 'bigint', removed: 'bigint' },
    (rows) => rows.numberings.changed,
  ),
  departures: departurePart,
  receipts: receiptPart,
} satisfies Record<string, Part>;

export type PartName = keyof typeof parts;
