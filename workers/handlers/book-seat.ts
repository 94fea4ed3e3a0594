/** Holds one seat for the command's user. */
import type { BookSeat } from '../../src/commands/book-seat.ts';
import { decideHold } from '../../src/domain/holds.ts';
import type { Handler } from './handler.ts';
import { rejected, succeeded } from './handler.ts';
import { tokenRefusal } from './queue-token.ts';
import { toBooking } from './to-resource.ts';

export const handleBookSeat: Handler<BookSeat> = {
  needs: ({ seatId }) => ({ seatIds: [seatId], queueToken: 'check', newIds: { booking: 1 } }),

  apply({ command, rows, now, settings }) {
    const noToken = tokenRefusal(command, rows);
    if (noToken) return rejected(noToken);

    const { seatId } = command.input;
    const seat = rows.seats.get(seatId);
    const { acceptedAt } = command;
    const { holdMs, holdGraceMs: graceMs } = settings;
    const decision = decideHold({ seatId, seat, acceptedAt, now, holdMs, graceMs });
    if (decision.refusal) return rejected(decision.refusal);
    if (!seat) throw new Error(`Seat ${seatId} was held without being there.`);

    const { change } = decision;
    if (change.endsExpiredHold) rows.seatsWithEndedHold.add(seatId);
    rows.seats.change(seat, change.seat);
    const booking = rows.bookings.add({
      id: rows.newIds.booking.take(),
      userId: command.userId,
      concertId: seat.concertId,
      scheduleId: seat.scheduleId,
      seatId,
      price: seat.price,
      state: 'held',
      holdExpiresAt: change.holdExpiresAt,
      createdAt: now,
      endedAt: null,
      jobId: command.jobId,
    });
    return succeeded(toBooking(booking, seat));
  },
};
