/** Lets the holder of a ticket in, once. The order's lock excludes a refund at the same time. */
import { strict as assert } from 'node:assert';
import type { CheckIn } from '../../../src/commands/tickets/check-in.ts';
import { decideCheckIn } from '../../../src/domain/tickets.ts';
import { bookingWithOrder } from '../bookings/booking-with-order.ts';
import { type Handler, rejected, succeeded } from '../handler.ts';
import { toTicketEntry } from '../to-resource.ts';

export const handleCheckIn: Handler<CheckIn> = {
  needs: ({ ticketId }) => ({ ticketIds: [ticketId] }),

  apply({ command, rows }) {
    const { ticketId, scheduleId, gate } = command.input;
    const { booking, order } = bookingWithOrder(rows, ticketId);
    const decision = decideCheckIn({
      ticketId,
      scheduleId,
      booking,
      order,
      checkIn: rows.checkIns.get(ticketId),
    });
    if (decision.refusal) return rejected(decision.refusal);
    assert(booking, `Ticket ${ticketId} was accepted, but its booking is not loaded.`);
    const { userId, jobId, acceptedAt: at } = command;
    const checkIn = { bookingId: ticketId, scheduleId, gate, userId, jobId, at };
    rows.checkIns.add(checkIn);
    return succeeded(toTicketEntry(checkIn, booking));
  },
};
