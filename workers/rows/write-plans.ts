/**
 * The statements that write batches. One statement writes all parts of a batch, because one costs PostgreSQL less than
 * several. Hundreds of combinations of parts are possible, and each prepared statement takes 0.2 MB per connection, so
 * only the plans listed here exist. A batch uses the smallest plan that contains all its parts; a part without rows costs
 * PostgreSQL 10 µs (docs/decisions/0053).
 */
import { sql } from 'kysely';
import { type Given, type Statement, statement } from '../../src/db/statement.ts';
import type { Part, Written } from './part.ts';
import { type PartName, parts } from './parts.ts';
import type { Form, Values } from './row-parameters.ts';
import type { QueueEntryRow } from './rows.ts';

/** Plans for one command: one row in each part, and its receipt. A plan is named after what the command changed. */
const ONE: Readonly<Record<string, readonly PartName[]>> = {
  receipt: ['receipts'],
  order: ['seats', 'newOrders', 'newBookings', 'receipts'],
  'first order': ['seats', 'newOrders', 'newBookings', 'extendedEntries', 'receipts'],
  cancellation: ['seats', 'orders', 'bookings', 'receipts'],
  payment: ['seats', 'orders', 'entries', 'points', 'history', 'payments', 'receipts'],
  refund: ['seats', 'orders', 'bookings', 'points', 'history', 'payments', 'receipts'],
  points: ['points', 'history', 'receipts'],
  'first points': ['newPoints', 'history', 'receipts'],
  'new entry': ['newEntries', 'numberings', 'receipts'],
  'waiting entry ended': ['entries', 'numberings', 'departures', 'receipts'],
  'active entry ended': ['entries', 'receipts'],
  'blocked seat': ['seats', 'receipts'],
};

/** Plans for several commands: any number of rows in each part. */
const MANY: Readonly<Record<string, readonly PartName[]>> = {
  receipts: ['receipts'],
  'ended orders and entries': ['orders', 'bookings', 'entries'],
  'orders of seats': ['seats', 'newOrders', 'newBookings', 'receipts'],
  orders: ['areas', 'seats', 'newOrders', 'newBookings', 'extendedEntries', 'receipts'],
  cancellations: ['areas', 'seats', 'orders', 'bookings', 'receipts'],
  points: ['points', 'history', 'receipts'],
  'first points': ['newPoints', 'history', 'receipts'],
  'all points': ['newPoints', 'points', 'history', 'receipts'],
  'new entries': ['newEntries', 'numberings', 'receipts'],
  'ended entries': ['entries', 'numberings', 'departures', 'receipts'],
  'new entries and points': [
    'newEntries',
    'numberings',
    'newPoints',
    'points',
    'history',
    'receipts',
  ],
  'new orders and payments of seats': [
    ...(['seats', 'newOrders', 'newBookings', 'orders', 'entries'] as const),
    ...(['points', 'history', 'payments', 'receipts'] as const),
  ],
  'new orders and payments': [
    ...(['areas', 'seats', 'newOrders', 'newBookings', 'extendedEntries'] as const),
    ...(['orders', 'entries', 'points', 'history', 'payments', 'receipts'] as const),
  ],
  payments: ['seats', 'orders', 'entries', 'points', 'history', 'payments', 'receipts'],
  'payments and refunds': [
    ...(['areas', 'seats', 'orders', 'bookings', 'entries'] as const),
    ...(['points', 'history', 'payments', 'receipts'] as const),
  ],
  all: [
    ...(['areas', 'seats', 'orders', 'newOrders', 'bookings', 'newBookings'] as const),
    ...(['entries', 'extendedEntries', 'newEntries', 'numberings', 'departures'] as const),
    ...(['newPoints', 'points', 'history', 'payments', 'receipts'] as const),
  ],
};

interface Plan {
  parts: readonly PartName[];
  form: Form;
  write(values: Values): Statement<unknown>;
}

/** Rows by the part that writes them. No list is empty. */
type Items = ReadonlyMap<PartName, readonly object[]>;

const one = plansOf(ONE, 'one');
const many = plansOf(MANY, 'many');

function plansOf(plans: Readonly<Record<string, readonly PartName[]>>, form: Form): Plan[] {
  const all = Object.entries(plans).map(([name, names]) => ({
    parts: names,
    form,
    write: statement(`write ${form}: ${name}`, (given: Given<Values>) => {
      const [first, ...others] = names.map((part) => parts[part].build(given, form));
      const before = others.map((part, index) => sql`${sql.ref(`part_${index}`)} as (${part})`);
      return before.length > 0 ? sql`with ${sql.join(before)} ${first}` : sql`${first}`;
    }),
  }));
  return all.toSorted((some, more) => some.parts.length - more.parts.length);
}

/** The parts that can end live orders, bookings and open entries. */
const ENDING_PARTS: readonly PartName[] = ['orders', 'bookings', 'entries'];

/**
 * Returns the statements that write a batch, in order: nearly always one. A batch may end a live booking or an open queue entry
 * and insert another for the same seat or user. PostgreSQL checks unique indexes row by row, so such a batch has two
 * statements: the first one writes the ended rows, the second one everything else.
 */
export function writesOf(written: Written): Statement<unknown>[] {
  const items = new Map<PartName, readonly object[]>();
  for (const [name, part] of Object.entries(parts) as [PartName, Part][]) {
    const found = part.itemsIn(written);
    if (found.length > 0) items.set(name, found);
  }
  const endsFirst = replacesBooking(written) || replacesEntry(written);
  if (!endsFirst) return items.size > 0 ? [write(items, written.now)] : [];
  const ends = new Map([...items].filter(([name]) => ENDING_PARTS.includes(name)));
  const others = new Map([...items].filter(([name]) => !ENDING_PARTS.includes(name)));
  return [ends, others].map((some) => write(some, written.now));
}

/** Whether a seat is booked again whose booking changes: `booking_one_live_per_seat`. */
function replacesBooking({ rows: { bookings } }: Written): boolean {
  if (bookings.changed.size === 0 || bookings.added.size === 0) return false;
  const seatIds = new Set([...bookings.added].map(({ seatId }) => seatId));
  return [...bookings.changed].some(({ seatId }) => seatId !== null && seatIds.has(seatId));
}

/** Whether a user enters a queue again whose entry changes: `queue_entry_one_open_per_user_and_queue`. */
function replacesEntry({ rows: { queueEntries } }: Written): boolean {
  if (queueEntries.changed.size === 0 || queueEntries.added.size === 0) return false;
  const keyOf = ({ userId, queueId }: QueueEntryRow) => `${userId} ${queueId}`;
  const keys = new Set([...queueEntries.added].map(keyOf));
  return [...queueEntries.changed].some((entry) => keys.has(keyOf(entry)));
}

function write(items: Items, now: Date): Statement<unknown> {
  const plan = planFor(items);
  const values: Values = { now };
  for (const name of plan.parts) parts[name].bind(items.get(name) ?? [], plan.form, values);
  return plan.write(values);
}

function planFor(items: Items): Plan {
  const names = [...items.keys()];
  const has = (plan: Plan) => names.every((name) => plan.parts.includes(name));
  const isOneEach = [...items.values()].every((rows) => rows.length === 1);
  const exact = one.find((plan) => plan.parts.length === names.length && has(plan));
  const plan = (isOneEach && exact) || many.find(has);
  if (!plan) throw new Error(`There is no plan that writes ${names.join(', ')} in one statement.`);
  return plan;
}
