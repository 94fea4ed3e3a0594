/** Which seats are picked on the map or from a list, kept true while others take theirs. */
import { useCallback, useEffect, useState } from 'preact/hooks';
import type { Seat } from '../../commands/resources.ts';
import { SEATS_AT_ONCE_MAX } from '../bookings.ts';
import { tell } from '../news.ts';
import type { SeatStates } from './seat-states.ts';

/** The seats that a user has picked and not asked for yet. @param isHolding they are being asked for now */
export function useChoice(states: SeatStates, isHolding: boolean) {
  const [chosen, setChosen] = useState<readonly number[]>([]);
  const drop = useCallback((place: number) => {
    setChosen((before) => before.filter((each) => each !== place));
  }, []);
  const clear = useCallback(() => setChosen([]), []);
  const pick = (place: number) => {
    if (isHolding) return;
    if (chosen.includes(place)) return drop(place);
    if (!states.isFree(place)) return;
    if (chosen.length < SEATS_AT_ONCE_MAX) return setChosen([...chosen, place]);
    tell(({ t }) => t.tooMany(SEATS_AT_ONCE_MAX), 'problem');
  };
  useEffect(() => {
    if (isHolding) return;
    const judge = () => {
      const taken = chosen.filter((place) => !states.isFree(place));
      if (taken.length === 0) return;
      for (const place of taken) drop(place);
      const seat = states.seats[taken[0] as number] as Seat;
      tell(({ t }) => t.noLongerFree(t.seatName(seat.section, seat.row, seat.number)), 'problem');
    };
    judge();
    return states.listen(judge);
  }, [states, chosen, isHolding]);
  return { chosen, pick, drop, clear };
}
