/** Who may give a booking back. */
import { expect, test } from 'vitest';
import { decideCancellation } from '../../../src/domain/cancellations.ts';
import { aBooking, minutesFromNow, NOW } from '../../support/builders.ts';
import { provePrecedence, type Row } from './rules.ts';

type Input = Parameters<typeof decideCancellation>[0];

const base: Input = {
  bookingId: 3,
  booking: undefined,
  userId: 2,
  balance: 30,
  acceptedAt: NOW,
  startAt: minutesFromNow(59),
  cancelUntilMs: 3_600_000,
};
const mine = { ...base, userId: 1 };

export const cancellationRows: Row<Input>[] = [
  { mended: 'everything is wrong', input: base, reason: 'BOOKING_NOT_FOUND' },
  {
    mended: 'the booking is there',
    input: { ...base, booking: aBooking({ state: 'cancelled' }) },
    reason: 'NOT_BOOKING_OWNER',
  },
  {
    mended: 'it is one’s own',
    input: { ...mine, booking: aBooking({ state: 'refunded' }) },
    reason: 'BOOKING_CANCELLED',
  },
  {
    mended: 'it is a hold that has run out',
    input: { ...mine, booking: aBooking({ holdExpiresAt: NOW }) },
    reason: 'HOLD_EXPIRED',
  },
  {
    mended: 'it is paid, shortly before the start',
    input: { ...mine, booking: aBooking({ state: 'paid' }) },
    reason: 'CANCELLATION_CLOSED',
  },
  {
    mended: 'the start is far enough away',
    input: { ...mine, booking: aBooking({ state: 'paid' }), startAt: minutesFromNow(61) },
    reason: undefined,
  },
];

provePrecedence(decideCancellation, cancellationRows);

test('a hold is cancelled, a paid booking gives its price back', () => {
  expect(decideCancellation({ ...mine, booking: aBooking() }).change).toEqual({
    state: 'cancelled',
  });
  const paid = { ...mine, booking: aBooking({ state: 'paid' }), startAt: minutesFromNow(61) };
  expect(decideCancellation(paid).change).toEqual({ state: 'refunded', balance: 130 });
});
