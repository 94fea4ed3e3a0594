/** Seats in words: one with its state, and runs of many. */
import { html } from 'htm/preact';
import type { Schedule } from '../../../client/index.ts';
import type { Seat } from '../../../commands/schemas/resources.ts';
import { secondsUntil } from '../../clock.ts';
import type { MapSeat } from '../../map/filter.ts';
import { BLOCKED, FREE, HELD, type SeatStates } from '../../map/seat-states.ts';
import { useBoardWords } from '../words.ts';
import type { BlockedReasons } from './blocked-reasons.ts';
import { runsOf, type SeatRun } from './seat-runs.ts';
import type { Selection } from './selection.ts';

export type BoardWords = ReturnType<typeof useBoardWords>;

/** A performance, with the time zone of its venue. */
export interface Performance extends Schedule {
  timeZone: string;
}

interface Shown {
  states: SeatStates;
  schedule: Performance;
  reasons: BlockedReasons;
  chosen: Selection;
}

/** The name, price, kind, state and reason of a seat. @param index of the seat */
export function describeSeat(
  words: BoardWords,
  index: number,
  { states, schedule, reasons, chosen }: Shown,
): string {
  const { b, t, number } = words;
  const seat: MapSeat | undefined = states.seats[index];
  if (!seat) return '';
  const kind = seat.kind && `${t.kind[seat.kind]}, ${keptText(words, schedule)}`;
  return [
    t.seatName(seat.section, seat.row, seat.number),
    t.points(number(seat.price)),
    kind,
    stateText(words, states.codes[index], reasons.of(index)),
    chosen.has(index) && b.places.isChosen,
  ]
    .filter(Boolean)
    .join(' · ');
}

function stateText({ b, t }: BoardWords, code: number | undefined, reason?: string): string {
  if (code === BLOCKED) return reason ? b.places.blockedFor(reason) : b.places.isBlocked;
  if (code === FREE) return t.state.available;
  return code === HELD ? t.state.held : t.state.sold;
}

/** Whether the accessible seats of a schedule are still kept for those who need them. */
export function keptText(
  { b, moment }: BoardWords,
  { accessibleUntil, timeZone }: Performance,
): string {
  if (!accessibleUntil) return b.places.keptToTheEnd;
  const isOver = secondsUntil(accessibleUntil) === 0;
  return isOver ? b.places.notKept : b.places.keptUntil(moment(accessibleUntil, timeZone));
}

/** More runs than this are counted instead of named. */
const RUNS_MAX = 12;

interface RunsProps {
  seats: readonly Seat[];
  indexes: Iterable<number>;
}

export function Runs({ seats, indexes }: RunsProps) {
  const words = useBoardWords();
  const { b, number } = words;
  const runs = runsOf(seats, indexes);
  const more = runs.length - RUNS_MAX;
  return html`
    <ul class="places-runs small">
      ${runs.slice(0, RUNS_MAX).map((run) => html`<li>${runText(words, run)}</li>`)}
      ${more > 0 && html`<li class="quiet">${b.places.andMore(number(more))}</li>`}
    </ul>
  `;
}

function runText({ b, t }: BoardWords, { section, row, from, to }: SeatRun): string {
  if (from === to) return t.seatName(section, row, from);
  return b.places.run(section, row, String(from), String(to));
}
