/** Who can pay a booking, and until when. */
import { expect, test } from 'vitest';
import { decidePayment } from '../../../src/domain/payments.ts';
import { aBooking, minutesFromNow, NOW } from '../../support/builders.ts';
import { provePrecedence } from './rules.ts';

type Input = Parameters<typeof decidePayment>[0];

const aMomentAgo = new Date(NOW.getTime() - 1);
const expired = { holdExpiresAt: NOW };
const worst: Input = { bookingId: 3, booking: undefined, userId: 2, balance: 99, acceptedAt: NOW };

provePrecedence(decidePayment, { input: worst, reason: 'BOOKING_NOT_FOUND' }, [
  {
    fixed: 'the missing booking',
    by: { booking: aBooking({ ...expired, state: 'paid' }) },
    reason: 'NOT_BOOKING_OWNER',
  },
  { fixed: 'the owner', by: { userId: 1 }, reason: 'PAYMENT_ALREADY_PROCESSED' },
  {
    fixed: 'the earlier payment',
    by: { booking: aBooking({ ...expired, state: 'cancelled' }) },
    reason: 'BOOKING_CANCELLED',
  },
  {
    fixed: 'the cancellation',
    by: { booking: aBooking(expired) },
    reason: 'HOLD_EXPIRED',
  },
  {
    fixed: 'the expired hold',
    by: { booking: aBooking({ holdExpiresAt: minutesFromNow(5) }) },
    reason: 'INSUFFICIENT_POINTS',
  },
  { fixed: 'the missing point', by: { balance: 100 }, reason: undefined },
]);

const fine: Input = { ...worst, booking: aBooking(), userId: 1, balance: 130 };
const codeFor = (change: Partial<Input>) => decidePayment({ ...fine, ...change }).refusal?.code;

test('a payment subtracts the price, sells the seat and marks the booking as paid', () => {
  expect(decidePayment(fine).change).toEqual({
    balance: 30,
    seat: { state: 'sold', heldUntil: null },
    booking: { state: 'paid' },
  });
});

test('a payment is in time if it was accepted before the end of the hold, and late at the end', () => {
  const booking = aBooking(expired);
  expect(codeFor({ booking, acceptedAt: aMomentAgo })).toBeUndefined();
  expect(codeFor({ booking, acceptedAt: NOW })).toBe('HOLD_EXPIRED');
});

test('a booking that another booking has replaced cannot be paid, however early the command was accepted', () => {
  const booking = aBooking({ state: 'expired' });
  expect(codeFor({ booking, acceptedAt: minutesFromNow(-1) })).toBe('HOLD_EXPIRED');
});

test('a refunded booking counts as cancelled', () => {
  expect(codeFor({ booking: aBooking({ state: 'refunded' }) })).toBe('BOOKING_CANCELLED');
});

test('a free seat can be paid with an empty balance', () => {
  const change = decidePayment({ ...fine, booking: aBooking({ price: 0 }), balance: 0 }).change;
  expect(change?.balance).toBe(0);
});
