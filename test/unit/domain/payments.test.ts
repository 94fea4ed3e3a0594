/** Who may pay for a booking, and until when. */
import { expect, test } from 'vitest';
import { decidePayment } from '../../../src/domain/payments.ts';
import { aBooking, minutesFromNow, NOW } from '../../support/builders.ts';
import { provePrecedence } from './rules.ts';

type Input = Parameters<typeof decidePayment>[0];

const aMomentAgo = new Date(NOW.getTime() - 1);
const over = { holdExpiresAt: NOW };
const worst: Input = { bookingId: 3, booking: undefined, userId: 2, balance: 99, acceptedAt: NOW };

provePrecedence(decidePayment, { input: worst, reason: 'BOOKING_NOT_FOUND' }, [
  {
    mended: 'the missing booking',
    by: { booking: aBooking({ ...over, state: 'paid' }) },
    reason: 'NOT_BOOKING_OWNER',
  },
  { mended: 'the owner', by: { userId: 1 }, reason: 'PAYMENT_ALREADY_PROCESSED' },
  {
    mended: 'the payment before',
    by: { booking: aBooking({ ...over, state: 'cancelled' }) },
    reason: 'BOOKING_CANCELLED',
  },
  {
    mended: 'the cancellation',
    by: { booking: aBooking(over) },
    reason: 'HOLD_EXPIRED',
  },
  {
    mended: 'the hold that had run out',
    by: { booking: aBooking({ holdExpiresAt: minutesFromNow(5) }) },
    reason: 'INSUFFICIENT_POINTS',
  },
  { mended: 'the point that was missing', by: { balance: 100 }, reason: undefined },
]);

const fine: Input = { ...worst, booking: aBooking(), userId: 1, balance: 130 };
const codeFor = (change: Partial<Input>) => decidePayment({ ...fine, ...change }).refusal?.code;

test('a payment takes the price, sells the seat and pays the booking', () => {
  expect(decidePayment(fine).change).toEqual({
    balance: 30,
    seat: { state: 'sold', heldUntil: null },
    booking: { state: 'paid' },
  });
});

test('a payment that was accepted a moment before the end is in time, at the end it is not', () => {
  const booking = aBooking(over);
  expect(codeFor({ booking, acceptedAt: aMomentAgo })).toBeUndefined();
  expect(codeFor({ booking, acceptedAt: NOW })).toBe('HOLD_EXPIRED');
});

test('a booking that another one has ended cannot be paid, however early it was asked for', () => {
  const booking = aBooking({ state: 'expired' });
  expect(codeFor({ booking, acceptedAt: minutesFromNow(-1) })).toBe('HOLD_EXPIRED');
});

test('a refunded booking counts as cancelled', () => {
  expect(codeFor({ booking: aBooking({ state: 'refunded' }) })).toBe('BOOKING_CANCELLED');
});

test('a seat for nothing is paid for with nothing', () => {
  const change = decidePayment({ ...fine, booking: aBooking({ price: 0 }), balance: 0 }).change;
  expect(change?.balance).toBe(0);
});
