/** A refusal needs its reason: what the model expects of commands that a rule refused. */

import type { Applied } from '../checks/recorder.ts';
import { type Books, isLive, isOpen, type ModelOrder, priceOf } from './books.ts';
import { isCompanionAlone, refuseEntry } from './buying.ts';

/** Refusals that depend on what the model does not know, or that take nothing from a user. */
const UNCHECKED = new Set([
  'IDEMPOTENCY_KEY_REUSED',
  'ORDER_CANCELLED',
  'BOOKING_CANCELLED',
  'ORDER_NOT_FOUND',
  'BOOKING_IN_ORDER',
  'AREA_HELD',
  'AREA_SOLD_OUT',
  'QUEUE_TOKEN_INVALID',
  'QUEUE_ENTRY_NOT_FOUND',
  'NO_ADJACENT_SEATS',
  'CHECKOUT_LIMIT_REACHED',
  'CANCELLATION_NOT_FOUND',
  'WEBHOOK_NOT_FOUND',
  'DRAW_TOO_SOON',
  'DRAW_IN_THE_PAST',
]);

/** @returns what is wrong with the refusal; undefined if nothing is */
export function judgeRefusal(books: Books, applied: Applied, code: string): string | undefined {
  if (UNCHECKED.has(code)) return undefined;
  const { input, subject, overBy, acceptedAt } = applied;
  const seatIds = ((input.seatIds ?? [input.seatId]) as number[]).filter(Number.isInteger);
  const order = namedOrder(books, input);
  const holders = seatIds.flatMap((seatId) => books.holderOf(seatId) ?? []);
  const isHeld = (each: ModelOrder) => each.state === 'held' && books.heldUntil(each) > overBy;
  const unless = (isReason: boolean | undefined, sentence: string) =>
    isReason ? undefined : sentence;
  switch (code) {
    case 'SEAT_ALREADY_SOLD':
      return unless(
        holders.some(({ state }) => state !== 'held'),
        'no seat is sold',
      );
    case 'SEAT_ALREADY_HELD':
      return unless(
        holders.some(isHeld) || seatIds.some((seatId) => books.blocked.has(seatId)),
        'no seat is held or blocked',
      );
    case 'SEAT_RESERVED':
      return unless(
        !input.accessible && seatIds.some((seatId) => books.seats.get(seatId)?.kind !== 0),
        'no seat is kept for others',
      );
    case 'COMPANION_ALONE':
      return unless(isCompanionAlone(books, seatIds), 'no companion is alone');
    case 'SEAT_LIMIT_REACHED':
      return judgeLimit(books, applied, seatIds.length);
    case 'INSUFFICIENT_POINTS': {
      const price = order ? priceOf(order.places) : Number(input.amount);
      const balance = books.points.get(subject) ?? 0;
      return unless(balance < price, `${balance} points are enough for ${price}`);
    }
    case 'HOLD_EXPIRED':
      return unless(isTooLate(books, applied, order), `order ${order?.id} is held long enough`);
    case 'PAYMENT_ALREADY_PROCESSED':
      return unless(order && order.state !== 'held' && isLive(order), 'it is not paid');
    case 'NOT_ORDER_OWNER':
    case 'NOT_BOOKING_OWNER':
      return unless(order && order.subject !== subject, 'it is their own');
    case 'SCHEDULE_CANCELLED': {
      const ofSeat = books.seats.get(seatIds[0] ?? 0)?.scheduleId;
      const scheduleId = order?.scheduleId ?? ofSeat ?? Number(input.scheduleId);
      return unless(books.cancelled.has(scheduleId), 'the performance takes place');
    }
    case 'CHECKOUT_OPEN':
      return unless(
        order && books.openCheckoutOf(order.id) !== undefined,
        'no payment page is open',
      );
    case 'REFUND_NOT_FAILED':
      return unless(
        books.refunds.get(Number(input.refundId))?.state !== 'failed',
        'the refund has failed',
      );
    case 'TICKET_WRONG_SCHEDULE':
    case 'TICKET_REVOKED':
    case 'TICKET_ALREADY_USED':
      return judgeTicket(books, applied, { code, order });
    default:
      return `nothing in the simulation leads to that at ${acceptedAt}`;
  }
}

export function namedOrder(books: Books, input: Applied['input']): ModelOrder | undefined {
  if (input.orderId !== undefined) return books.orders.get(Number(input.orderId));
  return books.orderOfBooking(Number(input.bookingId));
}

function judgeLimit(books: Books, { input, subject, now }: Applied, seats: number) {
  const areas = (input.areas ?? []) as { quantity: number }[];
  const best = (input.bestAvailable as { quantity: number } | undefined)?.quantity ?? 0;
  const wanted = areas.reduce((sum, { quantity }) => sum + quantity, seats + best);
  const schedules =
    input.scheduleId === undefined
      ? new Set([...books.orders.values()].map(({ scheduleId }) => scheduleId))
      : [Number(input.scheduleId)];
  const most = Math.max(...[...schedules].map((each) => books.countPlaces(subject, each, now)));
  return most + wanted > books.settings.seatsMax ? undefined : `${most} places are not many`;
}

/** Another payment page needs half a minute of the hold. */
const PAGE_MS = 30_000;

function isTooLate(books: Books, { name, now, acceptedAt }: Applied, order?: ModelOrder): boolean {
  if (!order) return true;
  // A hold whose payment is pending is kept, however late the lane is.
  if (order.state === 'expired') return acceptedAt >= order.holdExpiresAt;
  if (!isLive(order)) return true;
  if (order.state !== 'held') return false;
  if (acceptedAt >= order.holdExpiresAt) return true;
  const isAgain =
    name === 'start-checkout' && books.checkoutsOf(order.id).some((each) => !isOpen(each));
  return isAgain && order.holdExpiresAt - now < PAGE_MS;
}

function judgeTicket(
  books: Books,
  applied: Applied,
  { code, order }: { code: string; order: ModelOrder | undefined },
): string | undefined {
  if (applied.name === 'check-in') {
    const reason = refuseEntry(books, applied);
    return reason === code ? undefined : `its reason is ${reason}`;
  }
  const isUsed = order?.places.some(({ bookingId }) => books.entered.has(bookingId));
  return isUsed ? undefined : 'nobody has entered with it';
}
