/** Which errors are retried, and when. */
import { describe, expect, test } from 'vitest';
import {
  faultKind,
  LaneLost,
  ROLLBACK_CAUSES,
  retryDelayMs,
  rollbackCause,
} from '../../../../workers/batch/faults.ts';
import { AreaNotLocked, RowsChanged } from '../../../../workers/rows/rows-changed.ts';

const withCode = (code: string, constraint?: string) =>
  Object.assign(new Error('broken'), { code, constraint });

test('rows changed by another transaction are handled like locked ones', () => {
  expect(faultKind(new RowsChanged('The seats were taken meanwhile.'))).toBe('locked');
});

test.each([
  ['ECONNREFUSED', 'away'],
  ['ECONNRESET', 'away'],
  ['EPIPE', 'away'],
  ['ETIMEDOUT', 'away'],
  ['ENOTFOUND', 'away'],
  ['EHOSTUNREACH', 'away'],
  ['ENETUNREACH', 'away'],
  ['EAI_AGAIN', 'away'],
  ['08000', 'away'],
  ['08003', 'away'],
  ['08006', 'away'],
  ['25006', 'away'],
  ['25P03', 'away'],
  ['53300', 'away'],
  ['57P01', 'away'],
  ['57P02', 'away'],
  ['57P03', 'away'],
  ['57P05', 'away'],
  ['40001', 'clash'],
  ['40P01', 'clash'],
  ['55P03', 'locked'],
  ['57014', 'clash'],
  ['08P01', 'faulty'],
  ['22003', 'faulty'],
  ['22P02', 'faulty'],
  ['23502', 'faulty'],
  ['23503', 'faulty'],
  ['23505', 'faulty'],
  ['23514', 'faulty'],
  ['42P01', 'faulty'],
  ['P0001', 'faulty'],
  ['', 'faulty'],
])('an error with code %j is %s', (code, kind) => {
  expect(faultKind(withCode(code))).toBe(kind);
});

test.each([
  ['Connection terminated', 'away'],
  ['Connection terminated unexpectedly', 'away'],
  ['Connection terminated due to connection timeout', 'away'],
  ['Connection ended unexpectedly', 'away'],
  ['The connection is closed', 'away'],
  ['Client was closed and is not queryable', 'away'],
  ['Client has encountered a connection error and is not queryable', 'away'],
  ['timeout expired', 'away'],
  ['timeout exceeded when trying to connect', 'away'],
  ['the connection between seat and user is not known', 'faulty'],
  ['x is not a function', 'faulty'],
])('an error that only says %j is %s', (message, kind) => {
  expect(faultKind(new Error(message))).toBe(kind);
});

test('a user without a row is a clash: the retry inserts the row', () => {
  expect(faultKind(withCode('23503', 'command_receipt_user_fk'))).toBe('clash');
  expect(faultKind(withCode('23503', 'booking_seat_fk'))).toBe('faulty');
});

describe('a duplicate unique value', () => {
  test('is a clash for a receipt: the retry finds the other receipt', () => {
    expect(faultKind(withCode('23505', 'command_receipt_pkey'))).toBe('clash');
  });

  test('is a clash for the first points of a user: the retry finds the row of the other lane', () => {
    expect(faultKind(withCode('23505', 'points_pkey'))).toBe('clash');
  });

  test('is a fault in all other cases', () => {
    expect(faultKind(withCode('23505', 'booking_one_live_per_seat'))).toBe('faulty');
  });

  test('is not a clash if another constraint on receipts is violated', () => {
    expect(faultKind(withCode('23514', 'command_receipt_pkey'))).toBe('faulty');
  });
});

test.each([[undefined], [null], ['out of paper'], [42], [{}]])(
  '%j, thrown without being an error, is faulty',
  (thrown) => {
    expect(faultKind(thrown)).toBe('faulty');
  },
);

test('the error of a lost lane names the lane, and is not a database fault', () => {
  const error = new LaneLost('seat-3');
  expect(error.message).toContain('seat-3');
  expect(faultKind(error)).toBe('faulty');
});

describe('the cause of a rollback', () => {
  const CAUSES: [error: unknown, cause: string][] = [
    [withCode('40P01'), 'deadlock'],
    [withCode('40001'), 'serialization'],
    [withCode('55P03'), 'lock_timeout'],
    [withCode('57014'), 'statement_timeout'],
    [new RowsChanged('The seats were taken meanwhile.'), 'rows_changed'],
    [new AreaNotLocked('The area is not locked.'), 'rows_changed'],
    [withCode('23505', 'points_pkey'), 'constraint'],
    [withCode('23503', 'command_receipt_user_fk'), 'constraint'],
    [new LaneLost('seat-3'), 'lane_lost'],
    [withCode('ECONNREFUSED'), 'away'],
    [withCode('57P01'), 'away'],
    [withCode('25006'), 'away'],
    [withCode('22003'), 'other'],
    [new TypeError('x is not a function'), 'other'],
    [undefined, 'other'],
  ];

  test.each(CAUSES)('of %s is %s', (error, cause) => {
    expect(rollbackCause(error)).toBe(cause);
  });

  test('has a case for each of its values', () => {
    const tested = new Set(CAUSES.map(([, cause]) => cause));
    expect(ROLLBACK_CAUSES.filter((cause) => !tested.has(cause))).toEqual([]);
  });
});

describe('a retry', () => {
  const delays = (kind: 'away' | 'clash' | 'faulty', tries: number) =>
    Array.from({ length: tries }, (_, index) => retryDelayMs(kind, index + 1));

  test('is repeated indefinitely while PostgreSQL is away, with delays of up to a second', () => {
    expect(delays('away', 8)).toEqual([50, 100, 200, 400, 800, 1000, 1000, 1000]);
    expect(retryDelayMs('away', 1_000_000)).toBe(1000);
  });

  test('is made a few times after a clash', () => {
    expect(delays('clash', 5)).toEqual([5, 25, 100, undefined, undefined]);
  });

  test('is never made after a fault', () => {
    expect(delays('faulty', 2)).toEqual([undefined, undefined]);
  });
});
