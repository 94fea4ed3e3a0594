/**
 * Lets the holder of a ticket in, once. The order's lock excludes a refund at the same time. If the gate has let the holder in before
 * it asked, because it had no network, a refusal is recorded for the operators.
 */
import { strict as assert } from 'node:assert';
import type { checkIn } from '../../../src/commands/tickets/check-in.ts';
import { decideCheckIn } from '../../../src/domain/tickets.ts';
import { bookingWithOrder } from '../bookings/booking-with-order.ts';
import { type HandlerOf, rejected, succeeded } from '../handler.ts';
import { toTicketEntry } from '../to-resource.ts';

export const handleCheckIn: HandlerOf<typeof checkIn> = {
  needs: ({ ticketId }) => ({ ticketId }),

  apply({ command, rows }) {
    const { ticketId, scheduleId, gate, scannedAt: scanned } = command.input;
    const { userId, jobId, acceptedAt: at } = command;
    const scannedAt = scanned === undefined ? null : new Date(scanned);
    const scan = { scheduleId, gate, userId, jobId, at };
    const { booking, order } = bookingWithOrder(rows, ticketId);
    const used = rows.checkIns.get(ticketId);
    const decision = decideCheckIn({ ticketId, scheduleId, booking, order, checkIn: used });
    if (decision.refusal) {
      const { code: reason } = decision.refusal;
      const use = reason === 'TICKET_ALREADY_USED' ? used : undefined;
      const usedBefore = { usedAt: use?.at ?? null, usedGate: use?.gate ?? null };
      if (scannedAt)
        rows.refusedScans.push({ ...scan, ticketId, reason, ...usedBefore, scannedAt });
      return rejected(decision.refusal);
    }
    assert(booking, `Ticket ${ticketId} was accepted, but its booking is not loaded.`);
    const checkIn = { ...scan, bookingId: ticketId, scannedAt };
    rows.checkIns.add(checkIn);
    return succeeded(toTicketEntry(checkIn, booking));
  },
};
