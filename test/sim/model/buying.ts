/** What the model expects of commands that order, pay and cancel, and of scans at the entrance. */

import type { Applied } from '../checks/recorder.ts';
import { type Books, isLive, type ModelOrder, oweRefund, type Place, priceOf } from './books.ts';
import type { Entries } from './entries.ts';

type Result = any;

/** @param bookings those of the new order */
export function place(
  books: Books,
  entries: Entries,
  applied: Applied,
  bookings: Result[],
): string | undefined {
  const { subject, now, entryId } = applied;
  const wrong = entries.refuseToken(applied);
  if (wrong) return wrong;
  const [{ orderId: id, scheduleId }] = bookings;
  if (books.isCancelled(scheduleId, now)) return `performance ${scheduleId} is cancelled`;
  const places: Place[] = bookings.map(({ id: bookingId, seatId, areaId, price }) => {
    return { bookingId, seatId, areaId, price };
  });
  const seatIds = places.flatMap(({ seatId }) => seatId ?? []);
  const wrongSeat = takeSeats(books, seatIds, now) ?? refuseSeats(books, applied, seatIds);
  if (wrongSeat) return wrongSeat;
  const holdExpiresAt = now + books.settings.holdMs;
  const order: ModelOrder = {
    ...{ id, subject, scheduleId, entryId, places, holdExpiresAt },
    ...{ state: 'held', paidBy: undefined },
  };
  books.orders.set(id, order);
  for (const { bookingId } of places) books.orderOf.set(bookingId, id);
  entries.extend(entryId, holdExpiresAt);
  const live = books.countPlaces(subject, scheduleId, now);
  const { seatsMax } = books.settings;
  return live > seatsMax ? `${live} places are more than allowed` : undefined;
}

/** Ends the holds on seats that are over. @returns who else has one of them */
function takeSeats(books: Books, seatIds: readonly number[], now: number): string | undefined {
  for (const seatId of seatIds) {
    const holder = books.holderOf(seatId);
    if (!holder) continue;
    if (holder.state !== 'held') return `seat ${seatId} is sold by order ${holder.id}`;
    if (books.heldUntil(holder) > now) return `seat ${seatId} is held by order ${holder.id}`;
    books.expire(holder);
  }
  return undefined;
}

/** @returns why an order cannot have these seats, whoever has them */
function refuseSeats(books: Books, { input }: Applied, seatIds: readonly number[]) {
  const blocked = seatIds.find((seatId) => books.blocked.has(seatId));
  if (blocked !== undefined) return `seat ${blocked} is blocked`;
  const reserved = seatIds.find((seatId) => books.seats.get(seatId)?.kind !== 0);
  if (reserved !== undefined && !input.accessible) return `seat ${reserved} is kept for others`;
  return isCompanionAlone(books, seatIds) ? `seat ${reserved} is for a companion` : undefined;
}

export function isCompanionAlone({ seats }: Books, seatIds: readonly number[]): boolean {
  const has = (kind: number) => seatIds.some((seatId) => seats.get(seatId)?.kind === kind);
  return has(2) && !has(1);
}

/** Operators take seats off the sale. */
export function block(books: Books, { input, now }: Applied): string | undefined {
  const seatIds = input.seatIds as number[];
  for (const seatId of seatIds) books.blocked.add(seatId);
  return takeSeats(books, seatIds, now);
}

/** @param order undefined if the command names none that exists */
export function refuseChange(
  { subject, acceptedAt }: Applied,
  order: ModelOrder | undefined,
): string | undefined {
  if (!order) return 'there is no such order';
  if (order.subject !== subject) return `order ${order.id} is of ${order.subject}`;
  if (!isLive(order)) return `order ${order.id} is ${order.state}`;
  const isOver = order.state === 'held' && acceptedAt >= order.holdExpiresAt;
  return isOver ? `the hold of order ${order.id} had expired` : undefined;
}

export function refusePayment(books: Books, applied: Applied, order: ModelOrder | undefined) {
  const wrong = refuseChange(applied, order);
  if (wrong || !order) return wrong;
  if (order.state !== 'held') return `order ${order.id} is ${order.state}`;
  const isCancelled = books.isCancelled(order.scheduleId, applied.now);
  return isCancelled ? `performance ${order.scheduleId} is cancelled` : undefined;
}

/** @param balance as the command says */
export function pay(
  books: Books,
  applied: Applied,
  order: ModelOrder | undefined,
  balance: number,
): string | undefined {
  const wrong = refusePayment(books, applied, order);
  if (wrong || !order) return wrong;
  order.state = 'paid';
  return books.changePoints(applied.subject, -priceOf(order.places), balance);
}

/** @param bookingId the only booking that ends; undefined for the whole order */
export function cancel(
  books: Books,
  applied: Applied,
  order: ModelOrder | undefined,
  bookingId?: number,
): string | undefined {
  const wrong = refuseChange(applied, order);
  if (wrong || !order) return wrong;
  const ending = order.places.filter(
    (each) => bookingId === undefined || each.bookingId === bookingId,
  );
  if (ending.length === 0) return `order ${order.id} has no such place`;
  const isPart = ending.length < order.places.length;
  if (order.state !== 'held') {
    const used = ending.find((each) => books.entered.has(each.bookingId));
    if (used) return `the holder of ticket ${used.bookingId} has entered`;
  } else if (isPart && books.openCheckoutOf(order.id)) return 'its payment page is open';
  end(books, order, ending);
  return undefined;
}

/** Ends places of a live order, and gives back what was paid. */
function end(books: Books, order: ModelOrder, ending: readonly Place[]): void {
  order.places = order.places.filter((each) => !ending.includes(each));
  const isLast = order.places.length === 0;
  if (order.state === 'held') {
    if (isLast) order.state = 'cancelled';
    return;
  }
  order.state = isLast ? 'refunded' : 'partly-refunded';
  if (order.paidBy) oweRefund(order.paidBy, priceOf(ending));
  else books.changePoints(order.subject, priceOf(ending));
}

/** Ends an order of a cancelled performance, unless it has ended or its hold is over. @param state as the command says */
export function endCancelled(
  books: Books,
  { acceptedAt, now }: Applied,
  order: ModelOrder | undefined,
  state: ModelOrder['state'],
): string | undefined {
  if (!order) return 'there is no such order';
  if (!books.cancelled.has(order.scheduleId)) return 'its performance takes place';
  const isHeld = order.state === 'held';
  // Another command of its batch may have given the places to others, of which the model hears with the next comparison.
  if (isHeld && state === 'expired' && books.heldUntil(order) <= now) books.expire(order);
  const isOver = isHeld && acceptedAt >= order.holdExpiresAt;
  if (isLive(order) && !isOver) end(books, order, order.places);
  if (state === order.state) return undefined;
  return `it says that order ${order.id} is ${state}, and not ${order.state}`;
}

/** @returns why the ticket does not admit to this performance; undefined if it does */
export function refuseEntry(
  books: Books,
  { input, now }: Pick<Applied, 'input' | 'now'>,
): 'TICKET_WRONG_SCHEDULE' | 'TICKET_REVOKED' | 'TICKET_ALREADY_USED' | undefined {
  const { ticketId, scheduleId } = input as { ticketId: number; scheduleId: number };
  const order = books.orderOfBooking(ticketId);
  if (order && order.scheduleId !== scheduleId) return 'TICKET_WRONG_SCHEDULE';
  const isPaid = order && isLive(order) && order.state !== 'held';
  const isThere = isPaid && order.places.some(({ bookingId }) => bookingId === ticketId);
  if (!isThere || books.isCancelled(scheduleId, now)) return 'TICKET_REVOKED';
  return books.entered.has(ticketId) ? 'TICKET_ALREADY_USED' : undefined;
}
