/** Which performances can be cancelled, and which orders end because of it. */
import { describe, expect, test } from 'vitest';
import {
  decideCancellationRetry,
  decideScheduleCancellation,
  refuseOtherOrder,
} from '../../../../src/domain/concerts/schedule-cancellations.ts';
import { minutesFromNow, NOW } from '../../../support/builders.ts';
import { provePrecedence } from '../rules.ts';

const inAMoment = new Date(NOW.getTime() + 1);

describe('cancelling a performance', () => {
  const worst: Parameters<typeof decideScheduleCancellation>[0] = {
    scheduleId: 3,
    schedule: { cancelledAt: NOW, endAt: NOW },
    reason: 'Ill.',
    acceptedAt: NOW,
    now: minutesFromNow(1),
  };

  provePrecedence(decideScheduleCancellation, { input: worst, reason: 'SCHEDULE_CANCELLED' }, [
    { fixed: 'the cancellation', by: { schedule: undefined }, reason: 'SCHEDULE_NOT_FOUND' },
    {
      fixed: 'the missing schedule',
      by: { schedule: { cancelledAt: null, endAt: NOW } },
      reason: 'BOOKING_CLOSED',
    },
    {
      fixed: 'the end',
      by: { schedule: { cancelledAt: null, endAt: inAMoment } },
      reason: undefined,
    },
  ]);

  test('notes the time of the batch and the reason', () => {
    const schedule = { cancelledAt: null, endAt: inAMoment };
    expect(decideScheduleCancellation({ ...worst, schedule }).change).toEqual({
      cancelledAt: minutesFromNow(1),
      cancelReason: 'Ill.',
    });
  });
});

describe('ending its orders again', () => {
  const worst: Parameters<typeof decideCancellationRetry>[0] = {
    scheduleId: 3,
    schedule: undefined,
    cancellation: undefined,
    now: NOW,
  };

  provePrecedence(decideCancellationRetry, { input: worst, reason: 'SCHEDULE_NOT_FOUND' }, [
    { fixed: 'the missing schedule', by: { schedule: {} }, reason: 'CANCELLATION_NOT_FOUND' },
    { fixed: 'the missing cancellation', by: { cancellation: { pass: 4 } }, reason: undefined },
  ]);

  test('begins the next pass with the first order', () => {
    const input = { ...worst, schedule: {}, cancellation: { pass: 4 } };
    const again = { pass: 5, cursorId: 0, isChecking: false, nextAt: NOW };
    expect(decideCancellationRetry(input).change).toEqual(again);
  });
});

test('only orders of the cancelled performance end', () => {
  const order = { scheduleId: 3, cancelledAt: NOW };
  const codeOf = (change: Partial<{ scheduleId: number; cancelledAt: Date | null }>) =>
    refuseOtherOrder(5, { ...order, ...change }, 3)?.refusal.code;
  expect(codeOf({})).toBeUndefined();
  expect(codeOf({ scheduleId: 4 })).toBe('CANCELLATION_NOT_FOUND');
  expect(codeOf({ cancelledAt: null })).toBe('CANCELLATION_NOT_FOUND');
});
