/** The seats of one date: the map, and beside it the user's selection and holds. */
import { html } from 'htm/preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { Unreachable } from '../../../client/errors.ts';
import type { Booking, Concert, Seat } from '../../../commands/schemas/resources.ts';
import { type BestSeatsRequest, holdBest, holdPlaces, readBookings } from '../../bookings.ts';
import { useAction, useQuery } from '../../hooks.ts';
import { categoriesOf } from '../../map/draw/categories.ts';
import { NO_FILTER, type SeatFilter } from '../../map/filter.ts';
import { SeatMap } from '../../map/seat-map.ts';
import { SeatStates } from '../../map/seat-states.ts';
import { watchSeats } from '../../map/seat-stream.ts';
import { useChoice } from '../../map/use-choice.ts';
import { notify, notifyProblem } from '../../notifications.ts';
import { addressOf } from '../../route.ts';
import { useWords } from '../../texts.ts';
import { BackLink, QueryResult } from '../parts.ts';
import { Gate } from '../queue/gate.ts';
import { useConcert } from '../use-concert.ts';
import { Areas, showArea, useAreaBlocks, useAreas, type WantedArea } from './areas.ts';
import { BookingOver, tellBookingOver, useBookingOver } from './booking-over.ts';
import { Checkout } from './checkout.ts';
import { Choice } from './choice.ts';
import { Chooser } from './chooser.ts';
import { HallTitle, namesOf, useDate } from './date.ts';
import { FilterForm } from './filter-form.ts';
import { newHolds, ownSeatsOf, takenSeat, useBookings, useLiveHolds, without } from './holds.ts';
import { Legend } from './legend.ts';

export function SeatsView({ concertId, scheduleId }: { concertId: number; scheduleId: number }) {
  const { t } = useWords();
  const query = useConcert(concertId);
  const date = useDate(query.body, scheduleId);
  return html`
    <section class="hall">
      <${BackLink} to=${addressOf.concert(concertId)} text=${t.otherDates} />
      <${QueryResult} query=${query}>
        ${(concert: Concert) => html`
          <${HallTitle} concert=${concert} date=${date} />
          <${Gate} concertId=${concertId} queueId=${concert.queueId}>
            <${Hall} scheduleId=${scheduleId} names=${namesOf(date)} />
          <//>
        `}
      <//>
    </section>
  `;
}

function Hall({ scheduleId, names }: { scheduleId: number; names: readonly string[] }) {
  const query = useQuery(`seats of schedule ${scheduleId}`, (seatlane, options) =>
    seatlane.seats(scheduleId, options),
  );
  return html`
    <${QueryResult} query=${query}>
      ${(seats: Seat[]) => html`<${Sale} scheduleId=${scheduleId} seats=${seats} names=${names} />`}
    <//>
  `;
}

function Sale(props: { scheduleId: number; seats: readonly Seat[]; names: readonly string[] }) {
  const { scheduleId, seats, names } = props;
  const states = useMemo(() => new SeatStates(seats), [seats]);
  const categories = useMemo(() => categoriesOf(seats), [seats]);
  const [filter, setFilter] = useState<SeatFilter>(NO_FILTER);
  const [isWatched, setWatched] = useState(false);
  const [areas, changeAreas] = useAreas(scheduleId, isWatched);
  useEffect(
    () => watchSeats(scheduleId, states, { onLive: setWatched, onAreas: changeAreas }),
    [scheduleId, states],
  );
  const blocks = useAreaBlocks(areas, filter);
  const [bookings, setBookings] = useBookings(scheduleId);
  const [isHolding, run] = useAction();
  const { chosen, pick, drop, clear } = useChoice(states, isHolding);
  const isOver = useBookingOver(clear);
  const held = useLiveHolds(bookings, () => readBookings().then(setBookings, notifyProblem));
  const mine = useMemo(() => ownSeatsOf(bookings, states), [bookings, states]);

  const holdBy = (hold: () => Promise<Booking[]>) =>
    run(async () => {
      try {
        const fresh = await hold();
        setBookings((before) => [...fresh, ...without(before, fresh)]);
        notify(({ t }) => t.heldNews(fresh.length), 'spoken');
        clear();
      } catch (error) {
        await settleFailed(error);
      }
    });
  /** An order whose answer was lost may have been accepted, and then its places are the user's own. */
  const settleFailed = async (error: unknown) => {
    const taken = takenSeat(error, chosen, states);
    const isUnknown = error instanceof Unreachable;
    const now = taken !== undefined || isUnknown ? await readBookings().catch(() => null) : null;
    const own = now ? ownSeatsOf(now, states) : mine;
    for (const index of chosen) if (index === taken || own.has(index)) drop(index);
    const fresh = now ? newHolds(now, bookings, scheduleId) : [];
    if (now) setBookings(now);
    const isHeld = fresh.length > 0 && chosen.every((index) => own.has(index));
    if (isHeld) notify(({ t }) => t.heldNews(fresh.length), 'spoken');
    else notifyProblem(error);
  };
  const holdChosen = (areas: readonly WantedArea[] = []) => {
    const wanted = chosen.map((index) => seats[index] as Seat);
    holdBy(() => holdPlaces(scheduleId, wanted, areas));
  };
  const chosenSet = useMemo(() => new Set(chosen), [chosen]);

  return html`
    <div class="sale">
      ${
        seats.length > 0 &&
        html`<div class="sale-map">
          <${FilterForm} seats=${seats} filter=${filter} setFilter=${setFilter} />
          <${SeatMap}
            states=${states}
            categories=${categories}
            filter=${filter}
            areas=${blocks}
            mine=${mine}
            chosen=${chosenSet}
            isLive=${isWatched}
            pick=${isOver ? tellBookingOver : pick}
            pickArea=${isOver ? tellBookingOver : showArea}
          />
          <${Legend} states=${states} categories=${categories} filter=${filter} names=${names} />
        </div>`
      }
      <div class="sale-side">
        ${
          chosen.length > 0 &&
          !isOver &&
          html`<${Choice}
            seats=${chosen.map((index) => seats[index])}
            isHolding=${isHolding}
            isFirst=${held.length === 0}
            drop=${(index: number) => drop(chosen[index] as number)}
            hold=${() => holdChosen()}
          />`
        }
        ${held.length > 0 && html`<${Checkout} held=${held} setBookings=${setBookings} />`}
        ${isOver && html`<${BookingOver} isElsewhere=${held.length === 0} />`}
        ${
          seats.length > 0 &&
          chosen.length === 0 &&
          !isOver &&
          html`<${Chooser}
            states=${states}
            filter=${filter}
            isHolding=${isHolding}
            isFirst=${held.length === 0}
            add=${pick}
            holdBest=${(request: BestSeatsRequest) => holdBy(() => holdBest(scheduleId, request))}
          />`
        }
        ${
          areas.length > 0 &&
          !isOver &&
          html`<${Areas}
            areas=${areas}
            chosenSeats=${chosen.length}
            isHolding=${isHolding}
            hold=${(area: WantedArea) => holdChosen([area])}
          />`
        }
      </div>
    </div>
  `;
}
