/** Who may pay for a booking. */
import { expect, test } from 'vitest';
import { decidePayment } from '../../../src/domain/payments.ts';
import { aBooking, minutesFromNow, NOW } from '../../support/builders.ts';
import { provePrecedence, type Row } from './rules.ts';

type Input = Parameters<typeof decidePayment>[0];

const base: Input = { bookingId: 3, booking: undefined, userId: 2, balance: 99, acceptedAt: NOW };
const mine = { ...base, userId: 1 };
const late = minutesFromNow(10);

export const paymentRows: Row<Input>[] = [
  { mended: 'everything is wrong', input: base, reason: 'BOOKING_NOT_FOUND' },
  {
    mended: 'the booking is there',
    input: { ...base, booking: aBooking({ state: 'paid' }) },
    reason: 'NOT_BOOKING_OWNER',
  },
  {
    mended: 'it is one’s own, and paid',
    input: { ...mine, acceptedAt: late, booking: aBooking({ state: 'paid' }) },
    reason: 'PAYMENT_ALREADY_PROCESSED',
  },
  {
    mended: 'it is cancelled instead',
    input: { ...mine, acceptedAt: late, booking: aBooking({ state: 'cancelled' }) },
    reason: 'BOOKING_CANCELLED',
  },
  {
    mended: 'it is held, but has run out',
    input: { ...mine, acceptedAt: late, booking: aBooking() },
    reason: 'HOLD_EXPIRED',
  },
  {
    mended: 'it was accepted in time',
    input: { ...mine, booking: aBooking() },
    reason: 'INSUFFICIENT_POINTS',
  },
  {
    mended: 'the points are there',
    input: { ...mine, balance: 100, booking: aBooking() },
    reason: undefined,
  },
];

provePrecedence(decidePayment, paymentRows);

test('a payment takes the price, sells the seat and pays the booking', () => {
  expect(decidePayment({ ...mine, balance: 130, booking: aBooking() }).change).toEqual({
    balance: 30,
    seat: { state: 'sold', heldUntil: null },
    booking: { state: 'paid' },
  });
});

test('a payment that was accepted a moment before the end is in time, at the end it is not', () => {
  const booking = aBooking({ holdExpiresAt: NOW });
  const before = { ...mine, balance: 100, booking, acceptedAt: new Date(NOW.getTime() - 1) };
  expect(decidePayment(before).refusal).toBeUndefined();
  expect(decidePayment({ ...before, acceptedAt: NOW }).refusal?.code).toBe('HOLD_EXPIRED');
});

test('a booking that another one has ended cannot be paid, however early it was asked for', () => {
  const booking = aBooking({ state: 'expired' });
  const early = { ...mine, balance: 100, booking, acceptedAt: minutesFromNow(-1) };
  expect(decidePayment(early).refusal?.code).toBe('HOLD_EXPIRED');
});

test('a refunded booking counts as cancelled', () => {
  const booking = aBooking({ state: 'refunded' });
  expect(decidePayment({ ...mine, booking }).refusal?.code).toBe('BOOKING_CANCELLED');
});
