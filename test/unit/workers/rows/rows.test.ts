/** The rows of a batch: changed rows, added rows, and what of them a handler can find. */
import { describe, expect, test } from 'vitest';
import {
  type BookingRow,
  type NewBookingRow,
  type OrderRow,
  type QueueEntryRow,
  Rows,
  Table,
} from '../../../../workers/rows/rows.ts';
import { aBooking, anOrder, aQueueEntry, minutesFromNow, NOW } from '../../../support/builders.ts';

interface Chair {
  id: number;
  colour: string;
}

function aTable(): Table<Chair> {
  return new Table<Chair>((chair) => chair.id);
}

function aBookingRow(change: Partial<BookingRow> = {}): NewBookingRow {
  const about = { userId: 1, concertId: 1, scheduleId: 2, createdAt: NOW, holdExpiresAt: NOW };
  const area = { areaId: null, areaName: null, areaHeldUntil: null };
  const seat = { section: null, rowName: null, number: 1, endedAt: null, seatLimit: 4, ...area };
  return { ...aBooking(), ...about, ...seat, jobId: 'seat-0_x', ...change };
}

function anOrderRow(change: Partial<OrderRow> = {}): OrderRow {
  return {
    ...anOrder(),
    concertId: 1,
    scheduleId: 2,
    queueId: 1,
    entryId: 11,
    createdAt: NOW,
    paidAt: null,
    endedAt: null,
    jobId: 'seat-0_x',
    concertTitle: 'The Winter Gala',
    startAt: NOW,
    ...change,
  };
}

function aQueueEntryRow(change: Partial<QueueEntryRow> = {}): QueueEntryRow {
  return { ...aQueueEntry(), acceptedAt: null, number: 11, jobId: 'user-0_x', ...change };
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

test('seeds throw an error when a handler takes too many', () => {
  const rows = new Rows();
  rows.seeds = ['one', 'two'];
  expect(new Set([rows.takeSeed(), rows.takeSeed()])).toEqual(new Set(['one', 'two']));
  expect(() => rows.takeSeed()).toThrow('A handler took more seeds than its needs declared.');
});

describe('bookings', () => {
  test('are found by their order, and the live one by its seat', () => {
    const rows = new Rows();
    const [ended, live, refunded] = [
      aBookingRow({ id: 3, seatId: 7, endedAs: 'cancelled' }),
      aBookingRow({ id: 4, seatId: 7 }),
      aBookingRow({ id: 5, seatId: 8, endedAs: 'refunded' }),
    ] as const;
    for (const booking of [ended, live, refunded]) rows.bookings.load(booking);
    const added = rows.bookings.add(aBookingRow({ id: 6, orderId: 9, seatId: 8 }));
    expect(rows.bookings.ofOrder(5)).toEqual([ended, live, refunded]);
    expect(rows.bookings.ofOrder(9)).toEqual([added]);
    expect(rows.bookings.ofOrder(1)).toEqual([]);
    expect([7, 8, 9].map((seatId) => rows.bookings.liveOn(seatId))).toEqual([
      live,
      added,
      undefined,
    ]);
    rows.bookings.change(live, { endedAs: 'expired' });
    expect(rows.bookings.liveOn(7)).toBeUndefined();
  });

  test('of an area are expired until they end or are paid, the longest expired first', () => {
    const rows = new Rows();
    const until = (id: number, minutes: number, change: Partial<BookingRow> = {}) => {
      const area = { seatId: null, areaId: 4, areaHeldUntil: minutesFromNow(minutes) };
      const booking = aBookingRow({ id, ...area, ...change });
      rows.bookings.load(booking);
      return booking;
    };
    const late = until(1, -1);
    const first = until(2, -3);
    const second = until(3, -2);
    until(4, 1);
    until(5, -9, { endedAs: 'cancelled' });
    until(6, -9, { areaHeldUntil: null });
    const expired = () => [...rows.bookings.expiredIn(4, NOW)];
    expect(expired()).toEqual([first, second, late]);
    rows.bookings.change(second, { areaHeldUntil: null });
    rows.bookings.change(first, { endedAs: 'expired' });
    expect(expired()).toEqual([late]);
    rows.bookings.change(late, { endedAs: 'expired' });
    expect(expired()).toEqual([]);
  });
});

describe('the orders held with a queue entry', () => {
  const held = (id: number) => ({ id, entryId: 11, holdExpiresAt: NOW });
  const idsIn = (rows: Rows) => rows.ordersHeldWith(11).map(({ id }) => id);

  test('are those of the database, corrected by the orders of the batch', () => {
    const rows = new Rows();
    rows.heldOrders = new Map([[11, [held(1), held(2)]]]);
    expect(idsIn(rows)).toEqual([1, 2]);
    const paid = anOrderRow({ id: 1 });
    rows.orders.load(paid);
    rows.orders.change(paid, { state: 'paid' });
    rows.orders.add(anOrderRow({ id: 3 }));
    rows.orders.add(anOrderRow({ id: 4, entryId: 12 }));
    rows.orders.add(anOrderRow({ id: 5, entryId: null }));
    expect(idsIn(rows)).toEqual([3, 2]);
  });
});

describe('a user’s open queue entry', () => {
  const openOf = (...entries: QueueEntryRow[]) => {
    const rows = new Rows();
    for (const entry of entries) rows.queueEntries.load(entry);
    return { open: rows.openQueueEntry(1, 1, NOW), changed: [...rows.queueEntries.changed] };
  };

  test.each([
    ['waits', aQueueEntryRow({ state: 'waiting', expiresAt: null })],
    ['is active', aQueueEntryRow()],
  ])('is found while it %s', (_state, entry) => {
    expect(openOf(entry)).toEqual({ open: entry, changed: [] });
  });

  test('is not the one in another queue', () => {
    expect(openOf(aQueueEntryRow({ queueId: 2 }))).toEqual({ open: undefined, changed: [] });
  });

  test('is neither another user’s entry nor an ended one', () => {
    const ended = aQueueEntryRow({ id: 1, state: 'ended', endedAt: NOW, endReason: 'left' });
    const another = aQueueEntryRow({ id: 2, userId: 2 });
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
    const before = aQueueEntryRow({ id: 1, expiresAt: NOW });
    const after = aQueueEntryRow({ id: 2, state: 'waiting', expiresAt: null });
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
