/**
 * The rules for gates and for tickets at the entrance. A ticket is a paid booking: the payment issues it, and a refund revokes it. Whether it was
 * used is all that is stored.
 */
import { type CheckIn, refuseUsed } from './check-ins.ts';
import { noSuchSchedule } from './not-found.ts';
import { type Booking, bookingState, type Order } from './orders.ts';
import { type Decision, refuse } from './reasons.ts';

/** Decides whether a gate of a performance can open: the performance takes place. */
export function decideOpenGate(input: {
  scheduleId: number;
  schedule: { cancelledAt: Date | null } | undefined;
}): Decision<'open'> {
  const { scheduleId, schedule } = input;
  if (!schedule) return { refusal: noSuchSchedule(scheduleId) };
  if (schedule.cancelledAt === null) return { change: 'open' };
  const detail = `The performance of schedule ${scheduleId} is cancelled: nobody enters.`;
  return refuse('SCHEDULE_CANCELLED', detail, { scheduleId });
}

/**
 * Decides whether a ticket lets its holder in. The tickets of a cancelled performance are revoked at once, not only by their refund.
 * @param ticketId what a code with a valid signature says
 * @param scheduleId the performance that the gate admits to
 * @param booking the booking of that id; undefined if there is none, as when a failover has lost it
 * @param order the order of the booking
 * @param checkIn the earlier use of the ticket
 */
export function decideCheckIn(input: {
  ticketId: number;
  scheduleId: number;
  booking: Pick<Booking, 'endedAs'> | undefined;
  order: (Pick<Order, 'state' | 'cancelledAt'> & { scheduleId: number }) | undefined;
  checkIn: CheckIn | undefined;
}): Decision<'enter'> {
  const { ticketId, scheduleId, booking, order, checkIn } = input;
  if (!booking || !order) return refuse('TICKET_REVOKED', `There is no ticket ${ticketId}.`);
  if (order.scheduleId !== scheduleId) {
    const detail = `Ticket ${ticketId} is for schedule ${order.scheduleId}.`;
    return refuse('TICKET_WRONG_SCHEDULE', detail, { scheduleId: order.scheduleId });
  }
  if (order.cancelledAt !== null) {
    const detail = `Ticket ${ticketId} does not admit: its performance is cancelled.`;
    return refuse('TICKET_REVOKED', detail);
  }
  const state = bookingState(booking, order);
  if (state !== 'paid') {
    const detail = `Ticket ${ticketId} does not admit: its place is ${state}.`;
    return refuse('TICKET_REVOKED', detail);
  }
  return checkIn ? refuseUsed(checkIn) : { change: 'enter' };
}
