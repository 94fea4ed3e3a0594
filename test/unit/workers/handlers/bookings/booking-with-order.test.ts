/** A named booking and its order: both, none, or a batch that must be repeated. */
import { expect, test } from 'vitest';
import { bookingWithOrder } from '../../../../../workers/handlers/bookings/booking-with-order.ts';
import { type BookingRow, type OrderRow, Rows } from '../../../../../workers/rows/rows.ts';
import { RowsChanged } from '../../../../../workers/rows/rows-changed.ts';
import { aBooking, anOrder } from '../../../../support/builders.ts';

const booking = aBooking() as BookingRow;
const order = anOrder() as OrderRow;

test('both are found', () => {
  const rows = new Rows();
  rows.orders.load(order);
  rows.bookings.load(booking);
  expect(bookingWithOrder(rows, booking.id)).toEqual({ booking, order });
});

test('a booking that does not exist has no order', () => {
  expect(bookingWithOrder(new Rows(), booking.id)).toEqual({});
});

test('a booking whose order was placed while the batch was loaded is looked up again', () => {
  const rows = new Rows();
  rows.bookings.load(booking);
  expect(() => bookingWithOrder(rows, booking.id)).toThrow(RowsChanged);
});
