/** The halls and times that operators may put on sale. */
import { describe, expect, test } from 'vitest';
import {
  createSchedule,
  type SeatRange,
  scheduleBody,
  seatCount,
} from '../../../src/commands/create-schedule.ts';

const range = { section: 'A', row: '1', from: 1, to: 5, price: 10 };
const body = {
  bookingStartAt: '2026-05-01T10:00:00Z',
  bookingEndAt: '2026-06-01T10:00:00Z',
  startAt: '2026-06-01T20:00:00Z',
  endAt: '2026-06-01T22:00:00Z',
  seats: [range],
};

/** What is wrong with a schedule, by path; the route's body and the command's input agree on it. */
function faultsOf(change: object): string[] {
  const asBody = scheduleBody.safeParse({ ...body, ...change });
  const asInput = createSchedule.input.safeParse({ concertId: 1, ...body, ...change });
  expect(asInput.success).toBe(asBody.success);
  return asBody.error?.issues.map((issue) => issue.path.join('.')) ?? [];
}

describe('the seats of a schedule', () => {
  test('are 50,000 at most, in however many ranges', () => {
    expect(faultsOf({ seats: [{ ...range, to: 50_000 }] })).toEqual([]);
    expect(faultsOf({ seats: [{ ...range, to: 50_001 }] })).toEqual(['seats']);
    const halves = [
      { ...range, to: 25_000 },
      { ...range, row: '2', to: 25_000 },
    ];
    expect(faultsOf({ seats: halves })).toEqual([]);
    expect(faultsOf({ seats: [...halves, { ...range, row: '3', to: 1 }] })).toEqual(['seats']);
  });

  test('come in 1 to 2000 ranges', () => {
    const rows = (count: number) =>
      Array.from({ length: count }, (_, row) => ({ ...range, row: `${row}` }));
    expect(faultsOf({ seats: [] })).toEqual(['seats']);
    expect(faultsOf({ seats: rows(2000) })).toEqual([]);
    expect(faultsOf({ seats: rows(2001) })).toEqual(['seats']);
  });

  test.each([
    ['the same range', [range, range]],
    [
      'rows that look the same',
      [
        { ...range, row: 'Ame\u0301lie' },
        { ...range, row: ' Am\u00e9lie\u00a0' },
      ],
    ],
    ['ranges that share a seat', [range, { ...range, from: 5, to: 9 }]],
    [
      'a range within another',
      [
        { ...range, to: 100 },
        { ...range, from: 50, to: 60 },
      ],
    ],
    [
      'a range within one before the last',
      [
        { ...range, to: 100 },
        { ...range, from: 2, to: 3 },
        { ...range, from: 99, to: 99 },
      ],
    ],
    ['ranges in the wrong order', [{ ...range, from: 5, to: 9 }, range]],
    [
      'no section, said in two ways',
      [
        { ...range, section: null },
        { ...range, section: undefined },
      ],
    ],
    ['names that differ in blanks', [range, { ...range, section: ' A ' }]],
  ])('are named once each, not with %s', (_fault, seats) => {
    expect(faultsOf({ seats })).toEqual(['seats']);
  });

  test.each([
    ['another row', { row: '2' }],
    ['another section', { section: 'B' }],
    ['no row', { row: null }],
    ['no section', { section: null }],
    ['a number after those', { from: 6, to: 9 }],
  ])('can be next to others in %s', (_where, change) => {
    expect(faultsOf({ seats: [range, { ...range, ...change }] })).toEqual([]);
  });

  test('can come in any order', () => {
    expect(faultsOf({ seats: [{ ...range, from: 6, to: 9 }, range] })).toEqual([]);
  });

  test('are told apart where their names only run together', () => {
    const seats = [
      { ...range, section: 'A', row: '11' },
      { ...range, section: 'A1', row: '1' },
    ];
    expect(faultsOf({ seats })).toEqual([]);
  });
});

describe('a range of seats', () => {
  const faults = (change: object) => faultsOf({ seats: [{ ...range, ...change }] });

  test.each([
    ['one seat', { from: 5, to: 5 }],
    ['seats for nothing', { price: 0 }],
    ['the dearest seats', { price: 2_147_483_647 }],
    ['the highest numbers', { from: 999_999, to: 1_000_000 }],
    ['no names', { section: undefined, row: undefined }],
    ['names of 60 characters', { section: 'x'.repeat(60), row: 'y'.repeat(60) }],
  ])('can be %s', (_what, change) => {
    expect(faults(change)).toEqual([]);
  });

  test.each([
    ['to', { from: 6, to: 5 }],
    ['from', { from: 0 }],
    ['from', { from: -5 }],
    ['from', { from: 1.5 }],
    ['to', { to: 1_000_001 }],
    ['to', { to: 1e308 }],
    ['to', { to: Number.MAX_SAFE_INTEGER + 1 }],
    ['price', { price: -1 }],
    ['price', { price: 2_147_483_648 }],
    ['price', { price: '10' }],
    ['price', { price: undefined }],
    ['section', { section: '' }],
    ['section', { section: 'a\0b' }],
    ['section', { section: 'x'.repeat(61) }],
    ['row', { row: 1 }],
    ['', { colour: 'red' }],
  ])('is refused for its %s in %j', (field, change) => {
    const path = ['seats', '0', field].filter((part) => part !== '').join('.');
    expect(faults(change)).toContain(path);
  });
});

describe('the times of a schedule', () => {
  test.each([
    ['bookingEndAt', { bookingEndAt: body.bookingStartAt }],
    ['bookingEndAt', { bookingEndAt: '2026-04-01T00:00:00Z' }],
    ['bookingEndAt', { bookingEndAt: '2026-06-01T20:00:00.001Z' }],
    ['bookingEndAt', { bookingEndAt: '2026-06-01T20:00:00-01:00' }],
    ['endAt', { endAt: body.startAt }],
    ['endAt', { endAt: '2026-06-01T19:00:00Z' }],
    ['endAt', { endAt: '2026-06-01T22:00:00+05:00' }],
    ['startAt', { startAt: 'tomorrow' }],
    ['startAt', { startAt: undefined }],
    ['bookingStartAt', { bookingStartAt: '2026-05-01T10:00:00' }],
  ])('are refused for %s in %j', (field, change) => {
    expect(faultsOf(change)).toContain(field);
  });

  test('may sell until the performance starts', () => {
    expect(faultsOf({ bookingEndAt: body.startAt })).toEqual([]);
  });

  test('are compared as times, whatever zone they are written in', () => {
    const end = { endAt: '2026-06-01T21:30:00+01:00' };
    expect(faultsOf(end)).toEqual([]);
  });

  test('are made UTC, so that workers need no zone', () => {
    const { startAt } = scheduleBody.parse({ ...body, startAt: '2026-06-01T22:00:00+02:00' });
    expect(startAt).toBe('2026-06-01T20:00:00.000Z');
  });
});

test('a section and a row that are left out are null for workers', () => {
  const { seats } = scheduleBody.parse({ ...body, seats: [{ from: 1, to: 5, price: 10 }] });
  expect(seats).toEqual([{ section: null, row: null, from: 1, to: 5, price: 10 }]);
});

test('a field of a schedule that nobody knows is refused', () => {
  expect(faultsOf({ colour: 'red' })).toEqual(['']);
});

test('a range that runs backwards adds no seats to the count', () => {
  const ranges = [range, { ...range, from: 9, to: 3 }] as SeatRange[];
  expect(seatCount(ranges)).toBe(5);
});
