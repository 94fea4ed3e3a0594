/** Places an order: holds seats and places of areas for a command's user, all or none. Shared by the commands that book. */
import { strict as assert } from 'node:assert';
import { decideAreaHold } from '../../../src/domain/areas.ts';
import { refuseReserved } from '../../../src/domain/halls/reserved-seats.ts';
import { decideHold, type Hold, holdEnds } from '../../../src/domain/holds.ts';
import { extendEntry } from '../../../src/domain/queue-entries.ts';
import { type Decision, firstOf, type Refusal } from '../../../src/domain/reasons.ts';
import type { AreaRow, BookingRow, OrderRow, SeatRow } from '../../rows/rows.ts';
import type { Applying } from '../handler.ts';
import { tokenEntry } from '../queue/queue-token.ts';
import { expireOrder, heldBookingsOf } from './expire-order.ts';
import { heldIn, ordersThatEnd, type WantedPlaces } from './orders-that-end.ts';

/** What the command may hold. */
interface Places {
  seats: { seat: SeatRow; hold: Hold }[];
  areas: { area: AreaRow; quantity: number; held: number }[];
}

/**
 * Of several refusals, the one whose reason stands first is returned; of equal ones that of the first place, seats before areas.
 * @param accessible whether the order asks for accessible seats
 * @param scheduleId the schedule of all places; by default that of the first seat
 * @param refusedSeats why no further seats could be chosen
 */
export function placeOrder(
  applying: Applying,
  {
    seatIds,
    areas = [],
    accessible = false,
  }: Pick<WantedPlaces, 'seatIds'> & Partial<WantedPlaces> & { accessible?: boolean | undefined },
  scheduleId = applying.rows.seats.get(seatIds[0] as number)?.scheduleId ?? 0,
  refusedSeats?: Refusal,
): Decision<{ order: OrderRow; bookings: readonly BookingRow[] }> {
  const { rows, now } = applying;
  const wanted = { seatIds, areas };
  const ending = ordersThatEnd(applying, scheduleId, wanted);
  const { places, refusals } = decidePlaces(applying, scheduleId, wanted, ending);
  const { acceptedAt } = applying.command;
  const reserved = refuseReserved(
    seatIds.flatMap((seatId) => rows.seats.get(seatId) ?? []),
    { isAsked: accessible, acceptedAt },
  );
  if (reserved) refusals.push(reserved);
  const refusal = firstOf(refusedSeats ? [...refusals, refusedSeats] : refusals);
  if (refusal) return { refusal };
  for (const order of ending) expireOrder(rows, order, now);
  return { change: addOrder(applying, places) };
}

function decidePlaces(
  { command, rows, now, overBy, settings }: Applying,
  scheduleId: number,
  { seatIds, areas }: WantedPlaces,
  ending: readonly OrderRow[],
): { places: Places; refusals: Refusal[] } {
  const { userId, acceptedAt } = command;
  const { holdMs, holdGraceMs: graceMs, seatsPerUserMax: max } = settings;
  const isOwn = (order: OrderRow) => order.userId === userId && order.scheduleId === scheduleId;
  const given = ending.filter(isOwn).flatMap((order) => heldBookingsOf(rows, order)).length;
  const limit = { live: rows.liveSeats.of(userId, scheduleId) - given, max };
  const places: Places = { seats: [], areas: [] };
  const refusals: Refusal[] = [];
  for (const seatId of seatIds) {
    const seat = rows.seats.get(seatId);
    const decision = decideHold({
      ...{ seatId, seat, scheduleId, acceptedAt, now, overBy, holdMs, graceMs, limit },
    });
    limit.live += 1;
    if (decision.refusal) {
      refusals.push(decision.refusal);
      continue;
    }
    assert(seat, `The hold of seat ${seatId} was accepted, but the seat is not loaded.`);
    places.seats.push({ seat, hold: decision.change });
  }
  for (const { areaId, quantity } of areas) {
    const area = rows.areas.get(areaId);
    const back = heldIn(rows, ending, areaId);
    const decision = decideAreaHold({
      ...{ areaId, area, scheduleId, quantity, acceptedAt, limit },
      given: back,
    });
    limit.live += quantity;
    if (decision.refusal) {
      refusals.push(decision.refusal);
      continue;
    }
    assert(area, `The hold of area ${areaId} was accepted, but the area is not loaded.`);
    places.areas.push({ area, quantity, held: decision.change.held });
  }
  return { places, refusals };
}

function addOrder(applying: Applying, { seats, areas }: Places) {
  const { command, rows, now, settings } = applying;
  const placed = [
    ...seats.map(({ seat }) => seat),
    ...areas.flatMap(({ area, quantity }) => Array<AreaRow>(quantity).fill(area)),
  ];
  const [first] = placed as [SeatRow | AreaRow];
  const { holdMs, holdGraceMs: graceMs } = settings;
  const { holdExpiresAt, heldUntil } = holdEnds({ now, holdMs, graceMs });
  const { userId, jobId } = command;
  const entry = tokenEntry(command, rows);
  const shared = {
    userId,
    concertId: first.concertId,
    scheduleId: first.scheduleId,
    holdExpiresAt,
    createdAt: now,
    endedAt: null,
    jobId,
  };
  const order = rows.orders.add({
    ...shared,
    id: rows.newIds.order.take(),
    queueId: entry?.queueId ?? first.queueId,
    entryId: entry?.id ?? null,
    state: 'held',
    total: placed.reduce((sum, { price }) => sum + price, 0),
    paidAt: null,
    concertTitle: first.concertTitle,
    startAt: first.startAt,
    cancelledAt: first.cancelledAt,
  });
  for (const { seat, hold } of seats) rows.seats.change(seat, hold.seat);
  for (const { area, held } of areas) rows.areas.change(area, { held });
  const bookings = placed.map((place) =>
    rows.bookings.add({
      ...shared,
      id: rows.newIds.booking.take(),
      orderId: order.id,
      ...('capacity' in place ? placeOf(place, heldUntil) : seatOf(place)),
      price: place.price,
      endedAs: null,
      seatLimit: settings.seatsPerUserMax,
    }),
  );
  rows.liveSeats.add(userId, first.scheduleId, bookings.length);
  const extended = entry && extendEntry(entry, holdExpiresAt, now);
  if (extended) rows.extendEntry(entry, extended);
  return { order, bookings };
}

const seatOf = ({ id: seatId, section, rowName, number }: SeatRow) => {
  return { seatId, section, rowName, number, areaId: null, areaName: null, areaHeldUntil: null };
};

const placeOf = ({ id: areaId, name: areaName }: AreaRow, areaHeldUntil: Date) => {
  const noSeat = { seatId: null, section: null, rowName: null, number: null };
  return { ...noSeat, areaId, areaName, areaHeldUntil };
};
