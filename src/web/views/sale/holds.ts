/** The user's holds and bookings of one date. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Booking } from '../../../commands/schemas/resources.ts';
import { problemOf } from '../../api.ts';
import { isLive, readBookings } from '../../bookings.ts';
import { useTick } from '../../hooks.ts';
import type { SeatStates } from '../../map/seat-states.ts';
import { notify, notifyProblem } from '../../notifications.ts';

/** The index of the seat because of which a hold was refused, if another user has taken it. */
export function takenSeat(
  error: unknown,
  chosen: readonly number[],
  states: SeatStates,
): number | undefined {
  const { code, problem } = problemOf(error) ?? {};
  if (!code?.startsWith('SEAT_ALREADY_')) return undefined;
  return problem?.seatId === undefined ? chosen[0] : states.indexOf(problem.seatId);
}

export function useBookings(scheduleId: number) {
  const [all, setAll] = useState<Booking[]>([]);
  useEffect(() => {
    const read = () => void readBookings().then(setAll, notifyProblem);
    read();
    // What was ordered just before the connection was lost may have been accepted.
    addEventListener('online', read);
    return () => removeEventListener('online', read);
  }, [scheduleId]);
  const here = useMemo(
    () => all.filter((each) => each.scheduleId === scheduleId),
    [all, scheduleId],
  );
  return [here, setAll] as const;
}

/** The holds that have not expired. When one expires, the user is notified and the bookings are read again. */
export function useLiveHolds(bookings: readonly Booking[], refetch: () => void): Booking[] {
  const held = bookings.filter(isLive);
  const before = useRef(0);
  const isSomeHeld = bookings.some(({ state }) => state === 'held');
  useTick(isSomeHeld);
  useEffect(() => {
    const hasExpired = before.current > held.length && bookings.some(hasJustExpired);
    before.current = held.length;
    if (!hasExpired) return;
    notify(({ t }) => t.holdOver, 'problem');
    refetch();
  }, [held.length]);
  return held;
}

function hasJustExpired(booking: Booking): boolean {
  return booking.state === 'held' && !isLive(booking);
}

export function without(bookings: readonly Booking[], others: readonly Booking[]): Booking[] {
  const ids = new Set(others.map(({ id }) => id));
  return bookings.filter(({ id }) => !ids.has(id));
}

/** The live holds of a date that were not known before. */
export function newHolds(
  all: readonly Booking[],
  known: readonly Booking[],
  scheduleId: number,
): Booking[] {
  return without(all, known).filter((each) => each.scheduleId === scheduleId && isLive(each));
}

export function ownSeatsOf(bookings: readonly Booking[], states: SeatStates): Set<number> {
  const own = bookings.filter((each) => each.state === 'paid' || isLive(each));
  const seatIds = own.flatMap(({ seatId }) => seatId ?? []);
  return new Set(seatIds.flatMap((seatId) => states.indexOf(seatId) ?? []));
}
