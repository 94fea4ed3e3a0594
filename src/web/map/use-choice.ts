/** The user's selection of seats; a seat that another user takes is dropped from it. */
import { useCallback, useEffect, useState } from 'preact/hooks';
import type { Seat } from '../../commands/schemas/resources.ts';
import { SEATS_AT_ONCE_MAX } from '../bookings.ts';
import { notify } from '../notifications.ts';
import type { SeatStates } from './seat-states.ts';

/** @param isHolding whether the selected seats are being held at the moment */
export function useChoice(states: SeatStates, isHolding: boolean) {
  const [chosen, setChosen] = useState<readonly number[]>([]);
  const drop = useCallback((index: number) => {
    setChosen((before) => before.filter((each) => each !== index));
  }, []);
  const clear = useCallback(() => setChosen([]), []);
  const pick = (index: number) => {
    if (isHolding) return;
    if (chosen.includes(index)) return drop(index);
    if (!states.isFree(index)) return;
    if (chosen.length < SEATS_AT_ONCE_MAX) return setChosen([...chosen, index]);
    notify(({ t }) => t.tooMany(SEATS_AT_ONCE_MAX), 'problem');
  };
  useEffect(() => {
    if (isHolding) return;
    const dropTaken = () => {
      const taken = chosen.filter((index) => !states.isFree(index));
      if (taken.length === 0) return;
      for (const index of taken) drop(index);
      const seat = states.seats[taken[0] as number] as Seat;
      notify(({ t }) => t.noLongerFree(t.seatName(seat.section, seat.row, seat.number)), 'problem');
    };
    dropTaken();
    return states.subscribe(dropTaken);
  }, [states, chosen, isHolding]);
  return { chosen, pick, drop, clear };
}
