/** The input for creating a schedule: its seats and its times. */
import { describe, expect, test } from 'vitest';
import { createSchedule, scheduleBody } from '../../../../src/commands/concerts/create-schedule.ts';

const range = { section: 'A', row: '1', from: 1, to: 5, price: 10 };
const body = {
  bookingStartAt: '2026-05-01T10:00:00Z',
  bookingEndAt: '2026-06-01T10:00:00Z',
  startAt: '2026-06-01T20:00:00Z',
  endAt: '2026-06-01T22:00:00Z',
  seats: [range],
};

/** The paths of invalid fields. The schemas of the body and of the command's input must agree. */
function faultsOf(change: object): string[] {
  const asBody = scheduleBody.safeParse({ ...body, ...change });
  const asInput = createSchedule.input.safeParse({ concertId: 1, ...body, ...change });
  expect(asInput.success).toBe(asBody.success);
  return asBody.error?.issues.map((issue) => issue.path.join('.')) ?? [];
}

describe('the seats of a schedule', () => {
  test('are at most 50,000, in any number of ranges', () => {
    expect(faultsOf({ seats: [{ ...range, to: 50_000 }] })).toEqual([]);
    expect(faultsOf({ seats: [{ ...range, to: 50_001 }] })).toEqual(['seats']);
    const halves = [
      { ...range, to: 25_000 },
      { ...range, row: '2', to: 25_000 },
    ];
    expect(faultsOf({ seats: halves })).toEqual([]);
    expect(faultsOf({ seats: [...halves, { ...range, row: '3', to: 1 }] })).toEqual(['seats']);
  });

  test('are given as 1 to 5000 ranges', () => {
    const rows = (count: number) =>
      Array.from({ length: count }, (_, row) => ({ ...range, row: `${row}` }));
    expect(faultsOf({ seats: [] })).toEqual(['seats']);
    expect(faultsOf({ seats: rows(5000) })).toEqual([]);
    expect(faultsOf({ seats: rows(5001) })).toEqual(['seats']);
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
      'no section, written as null and as undefined',
      [
        { ...range, section: null },
        { ...range, section: undefined },
      ],
    ],
    ['names that differ in blanks', [range, { ...range, section: ' A ' }]],
  ])('must not be named twice, as with %s', (_fault, seats) => {
    expect(faultsOf({ seats })).toEqual(['seats']);
  });

  test.each([
    ['another row', { row: '2' }],
    ['another section', { section: 'B' }],
    ['no row', { row: null }],
    ['no section', { section: null }],
    ['higher numbers', { from: 6, to: 9 }],
  ])('can be in two ranges that differ by %s', (_where, change) => {
    expect(faultsOf({ seats: [range, { ...range, ...change }] })).toEqual([]);
  });

  test('can come in any order', () => {
    expect(faultsOf({ seats: [{ ...range, from: 6, to: 9 }, range] })).toEqual([]);
  });

  test('are different if section and row only look alike when joined', () => {
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
    ['free seats', { price: 0 }],
    ['seats of the highest price', { price: 2_147_483_647 }],
    ['the highest numbers', { from: 999_999, to: 1_000_000 }],
    ['no names', { section: undefined, row: undefined }],
    ['names of 60 characters', { section: 'x'.repeat(60), row: 'y'.repeat(60) }],
  ])('can have %s', (_what, change) => {
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
  ])('is refused because of "%s" in %j', (field, change) => {
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
  ])('are refused because of %s in %j', (field, change) => {
    expect(faultsOf(change)).toContain(field);
  });

  test('allow booking until the performance starts', () => {
    expect(faultsOf({ bookingEndAt: body.startAt })).toEqual([]);
  });

  test('are compared as instants, whatever their time zone', () => {
    const end = { endAt: '2026-06-01T21:30:00+01:00' };
    expect(faultsOf(end)).toEqual([]);
  });

  test('are converted to UTC, so that workers need no time zone', () => {
    const { startAt } = scheduleBody.parse({ ...body, startAt: '2026-06-01T22:00:00+02:00' });
    expect(startAt).toBe('2026-06-01T20:00:00.000Z');
  });
});

test('a missing section and a missing row become null', () => {
  const { seats } = scheduleBody.parse({ ...body, seats: [{ from: 1, to: 5, price: 10 }] });
  expect(seats).toEqual([{ section: null, row: null, from: 1, to: 5, price: 10 }]);
});

test('an unknown field of a schedule is refused', () => {
  expect(faultsOf({ colour: 'red' })).toEqual(['']);
});

test('a range whose `to` is below its `from` adds no seats to the sum', () => {
  const backwards = { ...range, row: '2', from: 60_000, to: 3 };
  expect(faultsOf({ seats: [{ ...range, to: 50_000 }, backwards] })).toEqual(['seats.1.to']);
});

describe('a hall of a schedule', () => {
  const hall = { hallId: 1, version: 1, prices: { Stalls: 10 } };

  test('replaces ranges and areas', () => {
    expect(faultsOf({ seats: undefined, hall })).toEqual([]);
    expect(faultsOf({ hall })).toEqual(['hall']);
    const areas = [{ name: 'Floor', capacity: 1, price: 1 }];
    expect(faultsOf({ seats: undefined, areas, hall })).toEqual(['hall']);
  });

  test('has whole prices', () => {
    const prices = { Stalls: 1.5 };
    expect(faultsOf({ seats: undefined, hall: { ...hall, prices } })).toEqual([
      'hall.prices.Stalls',
    ]);
  });

  test('alone has accessible seats, which are kept until the end of the sale at most', () => {
    const withHall = { seats: undefined, hall };
    const { bookingEndAt } = body;
    expect(faultsOf({ ...withHall, accessibleUntil: bookingEndAt })).toEqual([]);
    expect(faultsOf({ ...withHall, accessibleUntil: null })).toEqual([]);
    const late = '2026-06-01T10:00:00.001Z';
    expect(faultsOf({ ...withHall, accessibleUntil: late })).toEqual(['accessibleUntil']);
    expect(faultsOf({ accessibleUntil: bookingEndAt })).toEqual(['accessibleUntil']);
  });
});
