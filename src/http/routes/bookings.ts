/** Booking routes: hold seats as orders, pay for single ones, cancel and list bookings. */
import { z } from 'zod';
import { bookSeat } from '../../commands/bookings/book-seat.ts';
import { bookSeats } from '../../commands/bookings/book-seats.ts';
import { cancelBooking } from '../../commands/bookings/cancel-booking.ts';
import { payBooking } from '../../commands/bookings/pay-booking.ts';
import { BOOKING_STATES, booking } from '../../commands/schemas/resources.ts';
import type { Database } from '../../db/connection/orm.ts';
import { listBookings } from '../../db/reads/bookings.ts';
import type { JobDeps } from '../jobs/accept-command.ts';
import { commandRoute } from '../jobs/command-route.ts';
import { fromTimedCursor, pageQuery, timeQuery, toTimedPage } from '../reads/pagination.ts';
import { pathId } from '../request.ts';
import { respondJson } from '../respond.ts';
import { defineRoute, type Route } from '../route.ts';
import { pageOf } from './shared-responses.ts';

export function bookingRoutes(deps: JobDeps & { orm: Database }): Route[] {
  return [
    commandRoute(deps, {
      command: bookSeat,
      method: 'post',
      path: '/concerts/seats/{seatId}/book',
      operationId: 'bookSeat',
      tag: 'bookings',
      summary: 'Hold a seat, as an order of one',
      access: 'user',
      isQueued: true,
      params: z.object({ seatId: pathId }),
      problems: [
        'SCHEDULE_CANCELLED',
        'SALE_CLOSED',
        'SEAT_NOT_FOUND',
        'BOOKING_NOT_STARTED',
        'BOOKING_CLOSED',
        'SEAT_ALREADY_SOLD',
        'SEAT_ALREADY_HELD',
        'SEAT_RESERVED',
        'SEAT_LIMIT_REACHED',
      ],
    }),
    commandRoute(deps, {
      command: bookSeats,
      method: 'post',
      path: '/concerts/bookings',
      operationId: 'bookSeats',
      tag: 'bookings',
      summary:
        'Hold several seats as one order, all or none: specific seats, or the best adjacent ones',
      access: 'user',
      isQueued: true,
      body: bookSeats.input,
      problems: [
        'SCHEDULE_NOT_FOUND',
        'SCHEDULE_CANCELLED',
        'SALE_CLOSED',
        'SEAT_NOT_FOUND',
        'BOOKING_NOT_STARTED',
        'BOOKING_CLOSED',
        'SEAT_ALREADY_SOLD',
        'SEAT_ALREADY_HELD',
        'NO_ADJACENT_SEATS',
        'SEAT_RESERVED',
        'SEAT_LIMIT_REACHED',
      ],
    }),
    commandRoute(deps, {
      command: cancelBooking,
      method: 'delete',
      path: '/concerts/bookings/{bookingId}',
      operationId: 'cancelBooking',
      tag: 'bookings',
      summary: 'Take a booking out of its order; a paid booking is refunded',
      access: 'user',
      params: z.object({ bookingId: pathId }),
      problems: [
        'BOOKING_NOT_FOUND',
        'NOT_BOOKING_OWNER',
        'BOOKING_CANCELLED',
        'HOLD_EXPIRED',
        'CHECKOUT_OPEN',
        'TICKET_ALREADY_USED',
        'CANCELLATION_CLOSED',
      ],
    }),
    defineRoute({
      method: 'get',
      path: '/concerts/bookings',
      operationId: 'listBookings',
      tag: 'bookings',
      summary: 'List your bookings, newest first',
      access: 'user',
      query: z.strictObject({
        ...pageQuery,
        state: z.enum(BOOKING_STATES).optional(),
        ...timeQuery('Bookings created'),
      }),
      response: { status: 200, schema: pageOf(booking), description: 'A page of bookings.' },
      async handle({ caller: { subject }, query: { limit, cursor, ...filter } }) {
        const before = fromTimedCursor(cursor);
        const found = await listBookings(deps.orm, { subject, ...filter, before, limit });
        return respondJson(toTimedPage(found, limit));
      },
    }),
    commandRoute(deps, {
      command: payBooking,
      method: 'post',
      path: '/concerts/bookings/{bookingId}/pay',
      operationId: 'payBooking',
      tag: 'bookings',
      summary: 'Pay a held booking that is alone in its order with points',
      access: 'user',
      isQueued: true,
      acceptsEndedToken: true,
      params: z.object({ bookingId: pathId }),
      problems: [
        'BOOKING_NOT_FOUND',
        'NOT_BOOKING_OWNER',
        'SCHEDULE_CANCELLED',
        'PAYMENT_ALREADY_PROCESSED',
        'BOOKING_CANCELLED',
        'HOLD_EXPIRED',
        'BOOKING_IN_ORDER',
        'INSUFFICIENT_POINTS',
      ],
    }),
  ];
}
