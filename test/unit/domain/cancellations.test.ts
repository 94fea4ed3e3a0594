/** Who can cancel a booking, and until when. */
import { describe, expect, test } from 'vitest';
import { decideCancellation } from '../../../src/domain/cancellations.ts';
import { aBooking, minutesFromNow, NOW } from '../../support/builders.ts';
import { provePrecedence } from './rules.ts';

type Input = Parameters<typeof decideCancellation>[0];

const HOUR_MS = 3_600_000;
const aMomentAgo = new Date(NOW.getTime() - 1);
const worst: Input = {
  bookingId: 3,
  booking: undefined,
  userId: 2,
  balance: 30,
  acceptedAt: NOW,
  startAt: minutesFromNow(60),
  cancelUntilMs: HOUR_MS,
};

describe('cancelling a hold', () => {
  const expired = { holdExpiresAt: NOW };
  provePrecedence(decideCancellation, { input: worst, reason: 'BOOKING_NOT_FOUND' }, [
    {
      fixed: 'the missing booking',
      by: { booking: aBooking({ ...expired, state: 'cancelled' }) },
      reason: 'NOT_BOOKING_OWNER',
    },
    { fixed: 'the owner', by: { userId: 1 }, reason: 'BOOKING_CANCELLED' },
    {
      fixed: 'the earlier cancellation',
      by: { booking: aBooking(expired) },
      reason: 'HOLD_EXPIRED',
    },
    {
      fixed: 'the expired hold',
      by: { booking: aBooking({ holdExpiresAt: minutesFromNow(5) }) },
      reason: undefined,
    },
  ]);
});

describe('cancelling a paid booking', () => {
  provePrecedence(decideCancellation, { input: worst, reason: 'BOOKING_NOT_FOUND' }, [
    {
      fixed: 'the missing booking',
      by: { booking: aBooking({ state: 'refunded' }) },
      reason: 'NOT_BOOKING_OWNER',
    },
    { fixed: 'the owner', by: { userId: 1 }, reason: 'BOOKING_CANCELLED' },
    {
      fixed: 'the earlier refund',
      by: { booking: aBooking({ state: 'paid' }) },
      reason: 'CANCELLATION_CLOSED',
    },
    { fixed: 'the late acceptance', by: { acceptedAt: aMomentAgo }, reason: undefined },
  ]);
});

const mine: Input = { ...worst, booking: aBooking(), userId: 1 };
const early = { acceptedAt: minutesFromNow(-5) };

test('a hold is cancelled and moves no points', () => {
  expect(decideCancellation(mine).change).toEqual({ state: 'cancelled' });
});

test('a hold can be cancelled however soon the performance starts', () => {
  const change = decideCancellation({ ...mine, startAt: minutesFromNow(1) }).change;
  expect(change).toEqual({ state: 'cancelled' });
});

test('cancelling a paid booking refunds its price', () => {
  const booking = aBooking({ state: 'paid' });
  const { change } = decideCancellation({ ...mine, ...early, booking });
  expect(change).toEqual({ state: 'refunded', balance: 130 });
});

test('a paid booking can be cancelled after the end of its hold', () => {
  const booking = aBooking({ state: 'paid', holdExpiresAt: minutesFromNow(-30) });
  expect(decideCancellation({ ...mine, ...early, booking }).refusal).toBeUndefined();
});

test('a booking that another booking has replaced cannot be cancelled, however early the command was accepted', () => {
  const booking = aBooking({ state: 'expired' });
  const { refusal } = decideCancellation({ ...mine, ...early, booking });
  expect(refusal?.code).toBe('HOLD_EXPIRED');
});
