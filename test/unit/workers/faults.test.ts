/** Which errors are worth another try. */
import { expect, test } from 'vitest';
import { faultKind, retryDelayMs } from '../../../workers/faults.ts';

const withCode = (code: string, constraint?: string) =>
  Object.assign(new Error('x'), { code, constraint });

test.each([
  [withCode('ECONNREFUSED'), 'away'],
  [withCode('57P01'), 'away'],
  [withCode('08006'), 'away'],
  [new Error('Connection terminated unexpectedly'), 'away'],
  [withCode('40P01'), 'clash'],
  [withCode('40001'), 'clash'],
  [withCode('55P03'), 'clash'],
  [withCode('23505', 'command_receipt_pkey'), 'clash'],
  [withCode('23505', 'booking_one_live_per_seat'), 'faulty'],
  [withCode('23514'), 'faulty'],
  [new TypeError('x is not a function'), 'faulty'],
  [undefined, 'faulty'],
])('%s is %s', (error, kind) => {
  expect(faultKind(error)).toBe(kind);
});

test('a database that is away is waited for without end, a clash a few times, a fault never', () => {
  expect(retryDelayMs('away', 1)).toBeLessThan(retryDelayMs('away', 1000) as number);
  expect(retryDelayMs('clash', 1)).toBeGreaterThan(0);
  expect(retryDelayMs('clash', 10)).toBeUndefined();
  expect(retryDelayMs('faulty', 1)).toBeUndefined();
});
