/** Who may give a booking back, and until when. */
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

describe('a hold', () => {
  const over = { holdExpiresAt: NOW };
  provePrecedence(decideCancellation, { input: worst, reason: 'BOOKING_NOT_FOUND' }, [
    {
      mended: 'the missing booking',
      by: { booking: aBooking({ ...over, state: 'cancelled' }) },
      reason: 'NOT_BOOKING_OWNER',
    },
    { mended: 'the owner', by: { userId: 1 }, reason: 'BOOKING_CANCELLED' },
    {
      mended: 'the cancellation before',
      by: { booking: aBooking(over) },
      reason: 'HOLD_EXPIRED',
    },
    {
      mended: 'the hold that had run out',
      by: { booking: aBooking({ holdExpiresAt: minutesFromNow(5) }) },
      reason: undefined,
    },
  ]);
});

describe('a paid booking', () => {
  provePrecedence(decideCancellation, { input: worst, reason: 'BOOKING_NOT_FOUND' }, [
    {
      mended: 'the missing booking',
      by: { booking: aBooking({ state: 'refunded' }) },
      reason: 'NOT_BOOKING_OWNER',
    },
    { mended: 'the owner', by: { userId: 1 }, reason: 'BOOKING_CANCELLED' },
    {
      mended: 'the refund before',
      by: { booking: aBooking({ state: 'paid' }) },
      reason: 'CANCELLATION_CLOSED',
    },
    { mended: 'the lateness', by: { acceptedAt: aMomentAgo }, reason: undefined },
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

test('a paid booking gives its price back', () => {
  const booking = aBooking({ state: 'paid' });
  const { change } = decideCancellation({ ...mine, ...early, booking });
  expect(change).toEqual({ state: 'refunded', balance: 130 });
});

test('a paid booking can be given back after its hold’s end', () => {
  const booking = aBooking({ state: 'paid', holdExpiresAt: minutesFromNow(-30) });
  expect(decideCancellation({ ...mine, ...early, booking }).refusal).toBeUndefined();
});

test('a booking that another one has ended is over, however early it was given back', () => {
  const booking = aBooking({ state: 'expired' });
  const { refusal } = decideCancellation({ ...mine, ...early, booking });
  expect(refusal?.code).toBe('HOLD_EXPIRED');
});
