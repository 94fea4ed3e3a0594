/**
 * Cancels an order, or one booking of it: releases its places, and refunds a payment to where the money came from. Shared by four
 * commands.
 */
import { strict as assert } from 'node:assert';
import { decideCancellation } from '../../../src/domain/cancellations.ts';
import type { Actor, Named } from '../../../src/domain/orders.ts';
import type { Decision } from '../../../src/domain/reasons.ts';
import type { OrderRow } from '../../rows/rows.ts';
import type { Applying } from '../handler.ts';
import { refundToCard } from '../money/refund-to-card.ts';
import { movePoints } from '../points/move-points.ts';
import { notePayment } from './note-payment.ts';
import { releasePlace } from './places.ts';

/**
 * @param order the named order, or that of the named booking
 * @param by by default the user of the command
 * @returns the order as it is afterwards
 */
export function cancel(
  applying: Applying,
  named: Named,
  order: OrderRow | undefined,
  by: Actor = { userId: applying.command.userId },
): Decision<OrderRow> {
  const { command, rows, now, settings } = applying;
  const { acceptedAt } = command;
  // What is refunded belongs to the user of the order, whoever cancels it. An operator may name an order that does not exist.
  const userId = by === 'operator' ? order?.userId : by.userId;
  const bookings = order ? rows.bookings.ofOrder(order.id) : [];
  const checkouts = order ? rows.money.checkouts.ofOrder(order.id, bookings) : [];
  const open = order && rows.money.checkouts.liveOf(order.id, bookings);
  const decision = decideCancellation({
    named,
    order,
    bookings,
    checkIns: bookings.flatMap(({ id }) => rows.checkIns.get(id) ?? []),
    openCheckoutId: open?.id,
    by,
    balance: userId === undefined ? 0 : rows.pointsOf(userId).balance,
    acceptedAt,
    startAt: order?.startAt,
    cancelUntilMs: settings.cancelUntilMs,
  });
  if (decision.refusal) return decision;
  assert(
    order && userId !== undefined,
    `The cancellation of ${named.kind} ${named.id} was accepted without an order.`,
  );

  const { ended, as, order: left, refund } = decision.change;
  for (const { id } of ended) {
    const booking = rows.bookings.get(id);
    assert(booking, `Booking ${id} is not loaded.`);
    releasePlace(rows, booking, order);
    rows.bookings.change(booking, { endedAs: as, endedAt: now });
  }
  rows.liveSeats.add(userId, order.scheduleId, -ended.length);
  const hasEnded = left.state === 'cancelled' || left.state === 'refunded';
  rows.orders.change(order, { ...left, endedAt: hasEnded ? now : null });
  // The provider is asked at once, which closes the page.
  if (open && hasEnded) rows.money.checkouts.change(open, { lookAt: now });
  if (refund) {
    const { amount } = refund;
    movePoints(applying, userId, 'refund', refund);
    const { id: paymentId } = notePayment(applying, 'refund', order, ended, refund);
    const payer = checkouts.find(({ paidAt }) => paidAt !== null);
    // A place may cost nothing.
    if (payer && amount > 0) refundToCard(applying, payer, { amount, paymentId });
  }
  return { change: order };
}
