/**
 * Reads tickets, which are the bookings of paid orders. Their statements are not prepared: a buyer reads a ticket a few times,
 * long after the sale.
 */
import type { InferResult } from 'kysely';
import type { Ticket } from '../../../commands/schemas/tickets.ts';
import { areaName } from '../../area-name.ts';
import type { Database } from '../../connection/orm.ts';
import { rowsOf } from '../../connection/pipeline.ts';
import { db, type Given, rareStatement } from '../../statement.ts';

/** A ticket without its code, which is not stored, and with what a calendar needs. */
export interface TicketRow extends Omit<Ticket, 'code'> {
  endAt: string;
  paidAt: string;
  /** When the place was refunded; null if it was not. */
  refundedAt: string | null;
}

const bookings = () =>
  db
    .selectFrom('app_order')
    .innerJoin('booking', 'booking.order_id', 'app_order.id')
    .innerJoin('schedule', 'schedule.id', 'app_order.schedule_id')
    .innerJoin('concert', 'concert.id', 'app_order.concert_id')
    .leftJoin('seat', 'seat.id', 'booking.seat_id')
    .leftJoin('check_in', 'check_in.booking_id', 'booking.id')
    .select([
      'booking.id as bookingId',
      'app_order.id as orderId',
      'app_order.schedule_id as scheduleId',
      'paid_at as paidAt',
      'ended_as as endedAs',
      'booking.ended_at as endedAt',
      'cancelled_at as cancelledAt',
      'title as concertTitle',
      'time_zone as timeZone',
      'venue',
      'start_at as startAt',
      'end_at as endAt',
      'section',
      'row_name as row',
      'number as seatNumber',
      'area_id as areaId',
      'check_in.at as usedAt',
    ])
    .select(areaName.as('areaName'));

type BookingOfTicket = InferResult<ReturnType<typeof bookings>>[number];

const ofOrder = rareStatement(({ subject, orderId }: Given<{ subject: string; orderId: number }>) =>
  bookings()
    .where('app_order.id', '=', orderId)
    .where(
      'app_order.user_id',
      '=',
      db.selectFrom('app_user').select('id').where('subject', '=', subject),
    )
    .orderBy('booking.id'),
);

/**
 * The tickets of a user's order: one for each place that was paid, also those that were refunded.
 * @returns undefined if the user has no such order
 */
export async function findTickets(
  orm: Database,
  wanted: { subject: string; orderId: number },
): Promise<TicketRow[] | undefined> {
  const rows = await rowsOf(orm, ofOrder(wanted));
  return rows.length > 0 ? rows.flatMap(toTicket) : undefined;
}

const one = rareStatement(({ ticketId }: Given<{ ticketId: number }>) =>
  bookings()
    .innerJoin('app_user', 'app_user.id', 'app_order.user_id')
    .select('subject')
    .where('booking.id', '=', ticketId),
);

/**
 * A ticket that is not revoked.
 * @param subject its user; undefined for an operator, who may see any
 * @returns undefined if there is none, or another user has it
 */
export async function findTicket(
  orm: Database,
  { ticketId, subject }: { ticketId: number; subject: string | undefined },
): Promise<TicketRow | undefined> {
  const [row] = await rowsOf(orm, one({ ticketId }));
  if (!row || row.subject !== (subject ?? row.subject)) return undefined;
  return toTicket(row).find(({ state }) => state !== 'revoked');
}

/** A place that was never paid, or was taken out of its order before, has no ticket. A cancelled performance revokes its tickets before it refunds them. */
function toTicket(row: BookingOfTicket): TicketRow[] {
  const { bookingId, orderId, scheduleId, concertTitle, paidAt, endedAs, cancelledAt, usedAt } =
    row;
  const { section, row: rowName, seatNumber, areaId, areaName, timeZone, venue } = row;
  if (paidAt === null || (endedAs !== null && endedAs !== 'refunded')) return [];
  const isRevoked = endedAs !== null || cancelledAt !== null;
  const state = isRevoked ? 'revoked' : usedAt === null ? 'valid' : 'used';
  return [
    {
      ...{ id: bookingId, orderId, bookingId, scheduleId, concertTitle, timeZone, venue },
      startAt: row.startAt.toISOString(),
      endAt: row.endAt.toISOString(),
      paidAt: paidAt.toISOString(),
      refundedAt: row.endedAt?.toISOString() ?? null,
      ...{ section, row: rowName, seatNumber, areaId, areaName, state },
    },
  ];
}
