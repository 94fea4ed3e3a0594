/** The rules for holding places of an area: they have no numbers, and the area has as many as its capacity. */
import { type BookingWindow, refuseOffSale, type SeatLimit } from './holds.ts';
import { noSuchArea } from './not-found.ts';
import { type Decision, refuse } from './reasons.ts';

export interface Area {
  id: number;
  /** How many places it has. */
  capacity: number;
  /** How many of them are held, those included whose hold has run out and is not ended yet. */
  held: number;
  sold: number;
}

/** The number of places that are neither held nor sold. */
export function freePlaces({ capacity, held, sold }: Area): number {
  return capacity - held - sold;
}

/**
 * Decides whether places of an area can be held now. The booking window is compared with the time at which the command was
 * accepted.
 * @returns the number of held places afterwards
 */
export function decideAreaHold(input: {
  areaId: number;
  area: (Area & BookingWindow & { scheduleId: number }) | undefined;
  /** The schedule of the order. */
  scheduleId: number;
  /** How many places the user wants. */
  quantity: number;
  /** How many held places come back from the expired orders that this one ends. */
  given: number;
  acceptedAt: Date;
  limit: SeatLimit;
}): Decision<{ held: number }> {
  const { areaId, area, scheduleId, quantity, given, acceptedAt, limit } = input;
  const about = { areaId };
  if (!area) return { refusal: noSuchArea(areaId) };
  if (area.scheduleId !== scheduleId) {
    const detail = `Area ${areaId} does not belong to schedule ${scheduleId}, the schedule of the order.`;
    return refuse('AREA_NOT_FOUND', detail, about);
  }
  const notOnSale = refuseOffSale(`Area ${areaId}`, area, acceptedAt, about);
  if (notOnSale) return notOnSale;
  const available = freePlaces(area) + given;
  const unsold = area.capacity - area.sold;
  if (unsold < quantity) {
    const left = unsold === 0 ? 'no place' : `only ${unsold} of its places`;
    return refuse('AREA_SOLD_OUT', `Area ${areaId} has ${left} left.`, { areaId, available });
  }
  if (available < quantity) {
    const detail = `Area ${areaId} has ${available} free places; others are held and may come back.`;
    return refuse('AREA_HELD', detail, { areaId, available });
  }
  if (limit.live + quantity > limit.max) {
    const detail = `At most ${limit.max} places of this performance are allowed, with those that you have already.`;
    return refuse('SEAT_LIMIT_REACHED', detail, about);
  }
  return { change: { held: area.held - given + quantity } };
}
