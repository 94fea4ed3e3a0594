/** The seats of one date: the map, and beside it the user's selection and holds. */
import { html } from 'htm/preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Booking, Seat } from '../../commands/schemas/resources.ts';
import { problemOf } from '../api.ts';
import { type BestSeatsRequest, holdBest, holdPlaces, isLive, readBookings } from '../bookings.ts';
import { useAction, useQuery, useTick } from '../hooks.ts';
import { SeatMap } from '../map/seat-map.ts';
import { SeatStates } from '../map/seat-states.ts';
import { watchSeats } from '../map/seat-stream.ts';
import { useChoice } from '../map/use-choice.ts';
import { notify, notifyProblem } from '../notifications.ts';
import { addressOf } from '../route.ts';
import { admission } from '../session.ts';
import { useStore } from '../store.ts';
import { useWords } from '../texts.ts';
import { Areas, useAreas, type WantedArea } from './areas.ts';
import { Checkout } from './checkout.ts';
import { Choice } from './choice.ts';
import { Chooser } from './chooser.ts';
import { Gate } from './gate.ts';
import { Legend } from './legend.ts';
import { BackLink, QueryResult } from './parts.ts';

export function SeatsView({ concertId, scheduleId }: { concertId: number; scheduleId: number }) {
  const { t } = useWords();
  const concert = useQuery(`concert ${concertId}`, (seatlane, options) =>
    seatlane.concert(concertId, options),
  ).body;
  return html`
    <section class="hall">
      <${BackLink} to=${addressOf.concert(concertId)} text=${t.otherDates} />
      <${HallTitle} concertId=${concertId} scheduleId=${scheduleId} title=${concert?.title} />
      <${Gate} concertId=${concertId} queueId=${concert?.queueId}><${Hall} scheduleId=${scheduleId} /><//>
    </section>
  `;
}

/** The date is only readable with a queue token, so before admission the title of the concert is shown alone. */
function HallTitle(props: { concertId: number; scheduleId: number; title: string | undefined }) {
  const { concertId, scheduleId, title } = props;
  const { day, hour } = useWords();
  const isAdmitted = useStore(admission) !== null;
  const dates = useQuery(
    isAdmitted ? `dates of concert ${concertId}` : undefined,
    (seatlane, options) => seatlane.bookableSchedules(concertId, { ...options, limit: 100 }),
  ).body;
  const date = dates?.items.find(({ id }) => id === scheduleId);
  return html`
    <div class="hall-title">
      <h1 class="panel-title">${title ?? ' '}</h1>
      ${date && html`<p class="quiet">${day(date.startAt)}, ${hour(date.startAt)}</p>`}
    </div>
  `;
}

function Hall({ scheduleId }: { scheduleId: number }) {
  const query = useQuery(`seats of schedule ${scheduleId}`, (seatlane, options) =>
    seatlane.seats(scheduleId, options),
  );
  return html`
    <${QueryResult} query=${query}>
      ${(seats: Seat[]) => html`<${Sale} scheduleId=${scheduleId} seats=${seats} />`}
    <//>
  `;
}

function Sale({ scheduleId, seats }: { scheduleId: number; seats: readonly Seat[] }) {
  const states = useMemo(() => new SeatStates(seats), [seats]);
  const [isWatched, setWatched] = useState(false);
  const [areas, changeAreas] = useAreas(scheduleId, isWatched);
  useEffect(
    () => watchSeats(scheduleId, states, { onLive: setWatched, onAreas: changeAreas }),
    [scheduleId, states],
  );
  const [bookings, setBookings] = useBookings(scheduleId);
  const [isHolding, run] = useAction();
  const { chosen, pick, drop, clear } = useChoice(states, isHolding);
  const held = useLiveHolds(bookings, () => readBookings().then(setBookings, notifyProblem));
  const mine = useMemo(() => ownSeatsOf(bookings, states), [bookings, states]);

  const holdBy = (hold: () => Promise<Booking[]>) =>
    run(async () => {
      try {
        const fresh = await hold();
        setBookings((before) => [...fresh, ...before]);
        notify(({ t }) => t.heldNews(fresh.length), 'spoken');
        clear();
      } catch (error) {
        notifyProblem(error);
        const taken = takenSeat(error, chosen, states);
        if (taken !== undefined) drop(taken);
      }
    });
  const holdChosen = (areas: readonly WantedArea[] = []) => {
    const seatIds = chosen.map((index) => (seats[index] as Seat).id);
    holdBy(() => holdPlaces(scheduleId, seatIds, areas));
  };
  const chosenSet = useMemo(() => new Set(chosen), [chosen]);

  return html`
    <div class="sale">
      ${
        seats.length > 0 &&
        html`<div class="sale-map">
          <${SeatMap} states=${states} mine=${mine} chosen=${chosenSet} isLive=${isWatched} pick=${pick} />
          <${Legend} seats=${seats} />
        </div>`
      }
      <div class="sale-side">
        ${
          chosen.length > 0 &&
          html`<${Choice}
            seats=${chosen.map((index) => seats[index])}
            isHolding=${isHolding}
            isFirst=${held.length === 0}
            drop=${(index: number) => drop(chosen[index] as number)}
            hold=${() => holdChosen()}
          />`
        }
        ${held.length > 0 && html`<${Checkout} held=${held} setBookings=${setBookings} />`}
        ${
          seats.length > 0 &&
          chosen.length === 0 &&
          html`<${Chooser}
            states=${states}
            isHolding=${isHolding}
            isFirst=${held.length === 0}
            add=${pick}
            holdBest=${(request: BestSeatsRequest) => holdBy(() => holdBest(scheduleId, request))}
          />`
        }
        ${
          areas.length > 0 &&
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

/** The index of the seat because of which a hold was refused, if another user has taken it. */
function takenSeat(
  error: unknown,
  chosen: readonly number[],
  states: SeatStates,
): number | undefined {
  const { code, problem } = problemOf(error) ?? {};
  if (!code?.startsWith('SEAT_ALREADY_')) return undefined;
  return problem?.seatId === undefined ? chosen[0] : states.indexOf(problem.seatId);
}

function useBookings(scheduleId: number) {
  const [all, setAll] = useState<Booking[]>([]);
  useEffect(() => {
    readBookings().then(setAll, notifyProblem);
  }, [scheduleId]);
  const here = useMemo(
    () => all.filter((each) => each.scheduleId === scheduleId),
    [all, scheduleId],
  );
  return [here, setAll] as const;
}

/** The holds that have not expired. When one expires, the user is notified and the bookings are read again. */
function useLiveHolds(bookings: readonly Booking[], refetch: () => void): Booking[] {
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

function ownSeatsOf(bookings: readonly Booking[], states: SeatStates): Set<number> {
  const own = bookings.filter((each) => each.state === 'paid' || isLive(each));
  const seatIds = own.flatMap(({ seatId }) => seatId ?? []);
  return new Set(seatIds.flatMap((seatId) => states.indexOf(seatId) ?? []));
}
