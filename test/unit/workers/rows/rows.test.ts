/** The rows of a batch: changed rows, added rows, and holds and entries that end during the batch. */
import { describe, expect, test } from 'vitest';
import {
  type BookingRow,
  NewIds,
  type QueueEntryRow,
  Rows,
  Table,
} from '../../../../workers/rows/rows.ts';
import { aBooking, aQueueEntry, minutesFromNow, NOW } from '../../../support/builders.ts';

interface Chair {
  id: number;
  colour: string;
}

function aTable(): Table<Chair> {
  return new Table<Chair>((chair) => chair.id);
}

function aBookingRow(change: Partial<BookingRow> = {}): BookingRow {
  const about = { concertId: 1, scheduleId: 2, createdAt: NOW, endedAt: null, seatLimit: 4 };
  return { ...aBooking(), ...about, jobId: 'seat-0_x', ...change };
}

function aQueueEntryRow(change: Partial<QueueEntryRow> = {}): QueueEntryRow {
  return { ...aQueueEntry(), jobId: 'user-0_x', ...change };
}

describe('a table', () => {
  test('returns a loaded row by key, and counts it neither as changed nor as added', () => {
    const table = aTable();
    const red = { id: 1, colour: 'red' };
    table.load(red);
    expect(table.get(1)).toBe(red);
    expect(table.get(2)).toBeUndefined();
    expect([...table.values()]).toEqual([red]);
    expect(table.changed.size + table.added.size).toBe(0);
  });

  test('lists a row that was changed twice only once, in its final state', () => {
    const table = aTable();
    const chair = { id: 1, colour: 'red' };
    table.load(chair);
    table.change(chair, { colour: 'green' });
    table.change(chair, { colour: 'blue' });
    expect([...table.changed]).toEqual([{ id: 1, colour: 'blue' }]);
    expect(table.get(1)?.colour).toBe('blue');
  });

  test('lists a row that was added and then changed only as added', () => {
    const table = aTable();
    const chair = table.add({ id: 1, colour: 'red' });
    table.change(chair, { colour: 'green' });
    expect([...table.added]).toEqual([{ id: 1, colour: 'green' }]);
    expect(table.changed.size).toBe(0);
  });

  test('returns an added row to the next command of the batch', () => {
    const table = aTable();
    const chair = table.add({ id: 1, colour: 'red' });
    expect(table.get(1)).toBe(chair);
  });
});

describe('new ids', () => {
  test('are taken in order, each once', () => {
    const ids = new NewIds([11, 12]);
    expect([ids.take(), ids.take()]).toEqual([11, 12]);
  });

  test('throw an error when a handler takes too many', () => {
    const ids = new NewIds([11]);
    ids.take();
    expect(() => ids.take()).toThrow('A handler took more ids than its needs declared.');
  });
});

test('seeds throw an error when a handler takes too many', () => {
  const rows = new Rows();
  rows.seeds = ['one', 'two'];
  expect(new Set([rows.takeSeed(), rows.takeSeed()])).toEqual(new Set(['one', 'two']));
  expect(() => rows.takeSeed()).toThrow('A handler took more seeds than its needs declared.');
});

describe('the hold of a seat that is replaced', () => {
  test('ends its booking for the rest of the batch and in the database', () => {
    const rows = new Rows();
    const booking = aBookingRow({ id: 3, seatId: 7 });
    rows.bookings.load(booking);
    rows.endHoldOf(7);
    expect(booking.state).toBe('expired');
    expect([...rows.seatsWithEndedHold]).toEqual([7]);
  });

  test('does not change ended, paid or other seats’ bookings', () => {
    const rows = new Rows();
    const others = [
      aBookingRow({ id: 4, seatId: 8 }),
      aBookingRow({ id: 5, seatId: 7, state: 'paid' }),
      aBookingRow({ id: 6, seatId: 7, state: 'cancelled' }),
    ];
    for (const booking of others) rows.bookings.load(booking);
    rows.endHoldOf(7);
    expect(others.map(({ state }) => state)).toEqual(['held', 'paid', 'cancelled']);
  });

  test('is recorded even if the booking is not loaded', () => {
    const rows = new Rows();
    rows.endHoldOf(7);
    expect([...rows.seatsWithEndedHold]).toEqual([7]);
  });
});

describe('a user’s open queue entry', () => {
  const openOf = (...entries: QueueEntryRow[]) => {
    const rows = new Rows();
    for (const entry of entries) rows.queueEntries.load(entry);
    return { open: rows.openQueueEntry(1, NOW), changed: [...rows.queueEntries.changed] };
  };

  test.each([
    ['waits', aQueueEntryRow({ state: 'waiting', expiresAt: null })],
    ['is active', aQueueEntryRow()],
  ])('is found while it %s', (_state, entry) => {
    expect(openOf(entry)).toEqual({ open: entry, changed: [] });
  });

  test('is neither another user’s entry nor an ended one', () => {
    const ended = aQueueEntryRow({ number: 1, state: 'ended', endedAt: NOW, endReason: 'left' });
    const another = aQueueEntryRow({ number: 2, userId: 2 });
    expect(openOf(ended, another)).toEqual({ open: undefined, changed: [] });
  });

  test('is ended if its session has expired, at the time of expiry', () => {
    const entry = aQueueEntryRow({ expiresAt: minutesFromNow(-2) });
    const { open, changed } = openOf(entry);
    expect(open).toBeUndefined();
    expect(changed).toEqual([entry]);
    expect(entry).toMatchObject({
      state: 'ended',
      endedAt: minutesFromNow(-2),
      endReason: 'expired',
    });
  });

  test('is the new entry if the previous one has expired', () => {
    const before = aQueueEntryRow({ number: 1, expiresAt: NOW });
    const after = aQueueEntryRow({ number: 2, state: 'waiting', expiresAt: null });
    expect(openOf(before, after)).toEqual({ open: after, changed: [before] });
  });
});

test('an error is thrown when a handler reads undeclared points', () => {
  const rows = new Rows();
  const points = { userId: 1, balance: 5, isNew: false };
  rows.points.load(points);
  expect(rows.pointsOf(1)).toBe(points);
  expect(() => rows.pointsOf(2)).toThrow('A handler read points');
});
