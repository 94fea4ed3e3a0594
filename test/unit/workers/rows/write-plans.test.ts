/** The statements that write a batch: how many there are, and which ends must be written before new rows. */
import { describe, expect, test } from 'vitest';
import { parts } from '../../../../workers/rows/parts.ts';
import type { NewReceipt } from '../../../../workers/rows/receipt-part.ts';
import type { Values } from '../../../../workers/rows/row-parameters.ts';
import { type NewBookingRow, type QueueEntryRow, Rows } from '../../../../workers/rows/rows.ts';
import { writesOf } from '../../../../workers/rows/write-plans.ts';
import { aBooking } from '../../../support/builders.ts';

const now = new Date('2026-11-27T12:00:00Z');

function aReceipt(id = 'receipt'): NewReceipt {
  return {
    id,
    lane: 'user-0',
    command: 'charge-points',
    userId: 1,
    requestHash: '',
    acceptedAt: now,
    outcome: { state: 'succeeded', result: { balance: 6 } },
  };
}

const writes = (rows: Rows, receipts: NewReceipt[] = [aReceipt()]) =>
  writesOf({ rows, receipts, now });
const namesOf = (rows: Rows, receipts?: NewReceipt[]) =>
  writes(rows, receipts).map(({ name }) => name);

const entry = (id: number): QueueEntryRow => ({
  id,
  queueId: 1,
  number: id,
  userId: 1,
  state: 'waiting',
  enteredAt: now,
  acceptedAt: now,
  expiresAt: null,
  claimedAt: null,
  bookingUntil: null,
  endedAt: null,
  endReason: null,
  jobId: 'job',
});
const booking = (id: number): NewBookingRow => ({
  ...aBooking({ id }),
  userId: 1,
  holdExpiresAt: now,
  concertId: 1,
  scheduleId: 1,
  createdAt: now,
  endedAt: null,
  jobId: 'job',
  seatLimit: 4,
  section: null,
  rowName: null,
  number: 1,
  areaId: null,
  areaName: null,
  areaHeldUntil: null,
});

/** Charges for so many users, some of whom have had points before. */
function charged(...users: { isNew: boolean }[]): Rows {
  const rows = new Rows();
  for (const [userId, { isNew }] of users.entries()) charge(rows, { userId, isNew });
  return rows;
}

function charge(rows: Rows, { userId, isNew }: { userId: number; isNew: boolean }): void {
  rows.points.load({ userId, balance: 5, isNew });
  rows.points.move({ userId, kind: 'charge', amount: 1, balance: 6, jobId: `job ${userId}` });
}

describe('a batch is written', () => {
  test('by no statement if all its receipts exist', () => {
    expect(writes(new Rows(), [])).toEqual([]);
  });

  test('by one statement unless rows must end before others are inserted', () => {
    expect(namesOf(new Rows())).toEqual(['write one: receipt']);
    expect(namesOf(charged({ isNew: true }))).toEqual(['write one: first points']);
    expect(namesOf(charged({ isNew: false }))).toEqual(['write one: points']);
  });

  test('by arrays as soon as one part has several rows', () => {
    const rows = charged({ isNew: false }, { isNew: false });
    expect(namesOf(rows, [aReceipt('one'), aReceipt('other')])).toEqual(['write many: points']);
    expect(namesOf(new Rows(), [aReceipt('one'), aReceipt('other')])).toEqual([
      'write many: receipts',
    ]);
  });

  test('by the smallest statement that contains all parts', () => {
    const rows = charged({ isNew: true }, { isNew: false });
    expect(namesOf(rows)).toEqual(['write many: all points']);
    rows.queueEntries.add(entry(1));
    expect(namesOf(rows)).toEqual(['write many: new entries and points']);
    rows.bookings.add(booking(1));
    expect(namesOf(rows)).toEqual(['write many: all']);
  });

  /** An open entry of a user that ends in this batch. */
  function withEndedEntry(): Rows {
    const rows = new Rows();
    rows.queueEntries.load(entry(1));
    const old = rows.queueEntries.get(1) as QueueEntryRow;
    rows.queueEntries.change(old, { state: 'ended', endedAt: now, endReason: 'left' });
    return rows;
  }

  test('by two statements if a queue entry ends and its user enters again: the ended one is written first', () => {
    const rows = withEndedEntry();
    rows.queueEntries.add(entry(2));
    const [first, second] = writes(rows);
    expect(first?.name).toBe('write many: ended orders and entries');
    expect(first?.text).toContain('update "queue_entry"');
    expect(second?.name).toBe('write many: new entries');
    expect(second?.text).toContain('insert into command_receipt');
  });

  test('by two statements if a booking ends and its seat is booked again: the ended one is written first', () => {
    const rows = new Rows();
    rows.bookings.load(booking(1));
    const old = rows.bookings.get(1) as NewBookingRow;
    rows.bookings.change(old, { endedAs: 'expired', endedAt: now });
    rows.bookings.add(booking(2));
    const [first, second] = writes(rows);
    expect(first?.name).toBe('write many: ended orders and entries');
    expect(first?.text).toContain('update "booking"');
    expect(second?.name).toBe('write many: orders of seats');
    expect(second?.text).toContain('insert into command_receipt');
  });

  test.each([
    ['a booking', (rows: Rows) => rows.bookings.add(booking(2))],
    ['another user', (rows: Rows) => rows.queueEntries.add({ ...entry(2), userId: 2 })],
    ['another queue', (rows: Rows) => rows.queueEntries.add({ ...entry(2), queueId: 2 })],
  ])('by one statement if a queue entry ends and an insert of %s does not meet it', (_, begin) => {
    const rows = withEndedEntry();
    begin(rows);
    expect(writes(rows)).toHaveLength(1);
  });

  test('by one statement if a booking ends and another seat is booked, or places of an area change', () => {
    const rows = new Rows();
    const inArea = { seatId: null, areaId: 1 };
    for (const old of [booking(1), { ...booking(2), ...inArea }]) {
      rows.bookings.load(old);
      rows.bookings.change(old, { endedAs: 'expired', endedAt: now });
    }
    rows.bookings.add({ ...booking(3), seatId: 1000 });
    rows.bookings.add({ ...booking(4), ...inArea });
    expect(writes(rows)).toHaveLength(1);
  });

  test('payments together with new orders are written by one statement that has little else', () => {
    const rows = charged({ isNew: false });
    rows.orders.changed.add({ id: 1 } as never);
    rows.queueEntries.changed.add(entry(1));
    rows.payments.push({} as never);
    rows.orders.added.add({ id: 2 } as never);
    rows.bookings.add(booking(2));
    expect(namesOf(rows)).toEqual(['write many: new orders and payments of seats']);
    rows.areas.changed.add({ id: 1 } as never);
    expect(namesOf(rows)).toEqual(['write many: new orders and payments']);
  });
});

test('no two parts bind a parameter of the same name, as one statement may have both', () => {
  const names = Object.values(parts).flatMap((part) => {
    const values: Values = {};
    part.bind([], 'many', values);
    return Object.keys(values);
  });
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test('one statement ends one queue entry and prolongs another', () => {
  const rows = new Rows();
  rows.queueEntries.changed.add({ ...entry(11), state: 'ended' });
  rows.extendedEntries.add({ ...entry(22), claimedAt: now });
  rows.orders.added.add({ id: 3 } as never);
  const [write, ...others] = writes(rows);
  expect(others).toEqual([]);
  expect(write?.values).toEqual(expect.arrayContaining(['{11}', '{22}']));
});

/** Adds one row to each part. */
const PARTS: Record<string, (rows: Rows) => void> = {
  areas: (rows) => rows.areas.changed.add({ id: 1 } as never),
  seats: (rows) => rows.seats.changed.add({ id: 1 } as never),
  // A balance changes with its history.
  newPoints: (rows) => charge(rows, { userId: 1, isNew: true }),
  points: (rows) => charge(rows, { userId: 2, isNew: false }),
  payments: (rows) => rows.payments.push({} as never),
  orders: (rows) => rows.orders.changed.add({ id: 1 } as never),
  newOrders: (rows) => rows.orders.added.add({ id: 2 } as never),
  // Only a new order prolongs an entry.
  extendedEntries: (rows) => {
    rows.orders.added.add({ id: 3 } as never);
    rows.extendedEntries.add(entry(3));
  },
  bookings: (rows) => rows.bookings.changed.add(booking(1)),
  entries: (rows) => rows.queueEntries.changed.add(entry(1)),
  newBookings: (rows) => rows.bookings.added.add(booking(2)),
  newEntries: (rows) => rows.queueEntries.added.add(entry(2)),
  numberings: (rows) => rows.numberings.changed.add({ queueId: 1 } as never),
  departures: (rows) => rows.departures.push({ queueId: 1, number: 1 }),
};

test('every combination of changes has a plan, and few statements cover them all', {
  timeout: 30_000,
}, () => {
  const kinds = Object.values(PARTS);
  const texts = new Map<string | undefined, Set<string>>();
  for (let combination = 0; combination < 2 ** kinds.length; combination += 1) {
    const rows = new Rows();
    for (const [bit, add] of kinds.entries()) if (combination & (1 << bit)) add(rows);
    for (const receipts of [[aReceipt()], [aReceipt('one'), aReceipt('other')]]) {
      // No `expect` here: one for each statement takes most of the time.
      for (const { name, text } of writes(rows, receipts)) {
        const known = texts.get(name);
        if (known) known.add(text);
        else texts.set(name, new Set([text]));
      }
    }
  }
  for (const [name, { size }] of texts) expect(size, name).toBe(1);
  expect(texts.size).toBeLessThanOrEqual(28);
});
