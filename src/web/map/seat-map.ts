/** The seat map as a component: canvas, bar, and the description of the seat under pointer or focus. */
import { html } from 'htm/preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useSubscription } from '../hooks.ts';
import { useWords, type Words } from '../texts.ts';
import type { AreaBlock } from './draw/area-blocks.ts';
import type { Categories } from './draw/categories.ts';
import { isWanted, type MapSeat, type SeatFilter } from './filter.ts';
import { HallMap } from './hall-map.ts';
import { MapBar } from './map-bar.ts';
import { MapField, type Tip } from './map-field.ts';
import type { SeatStates } from './seat-states.ts';

export interface SeatMapProps {
  states: SeatStates;
  categories: Categories;
  filter: SeatFilter;
  areas: readonly AreaBlock[];
  /** Indexes of seats. */
  mine: ReadonlySet<number>;
  chosen: ReadonlySet<number>;
  isLive: boolean;
  pick(index: number): void;
  /** Called when the user selects an area on the map. */
  pickArea(id: number): void;
}

export function SeatMap(props: SeatMapProps) {
  const { states, categories, filter, areas, mine, chosen, isLive } = props;
  const words = useWords();
  const { t } = words;
  useSubscription(states);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [map, setMap] = useState<HallMap>();
  const [focused, setFocused] = useState<number>();
  const [tip, setTip] = useState<Tip>();
  const latest = useRef(props);
  latest.current = props;

  useEffect(() => {
    const element = canvas.current as HTMLCanvasElement;
    const made = new HallMap(
      element,
      states,
      { stage: t.stage, categories },
      {
        pick: (index) => latest.current.pick(index),
        pickArea: (id) => latest.current.pickArea(id),
        focus: setFocused,
        hover: (index, at) => setTip(index === undefined ? undefined : { index, ...at }),
      },
    );
    setMap(made);
    return () => made.stop();
  }, [states, categories, t]);
  useEffect(() => map?.setOwn(mine, chosen), [map, mine, chosen]);
  useEffect(() => map?.setFilter(filter), [map, filter]);
  useEffect(() => map?.view.setAreas(areas), [map, areas]);

  const own = useMemo(() => ({ mine, chosen, filter }), [mine, chosen, filter]);
  const textOf = (index: number) => describe(words, states, index, own);
  const spoken = focused === undefined ? '' : textOf(focused);

  return html`
    <div class="map">
      <${MapField}
        canvas=${canvas}
        map=${map}
        label=${t.mapLabel}
        describedBy="map-hint"
        tip=${tip}
        textOf=${textOf}
      />
      <p class="sr" id="map-hint">${t.mapHint}</p>
      <p class="sr" role="status" aria-live="polite">${spoken}</p>
      <${MapBar} view=${map?.view} isLive=${isLive} />
    </div>
  `;
}

/** Indexed by the code of a state. */
const STATES = ['available', 'held', 'sold', 'blocked'] as const;

/** The name, price, kind and state of a seat as text. */
function describe(
  { t, number }: Words,
  states: SeatStates,
  index: number,
  { mine, chosen, filter }: Pick<SeatMapProps, 'mine' | 'chosen' | 'filter'>,
): string {
  const seat: MapSeat | undefined = states.seats[index];
  if (!seat) return '';
  const name = t.seatName(seat.section, seat.row, seat.number);
  const state = STATES[states.codes[index] as number] as (typeof STATES)[number];
  const own = mine.has(index) ? t.state.mine : chosen.has(index) ? t.state.chosen : t.state[state];
  const kind = seat.kind === undefined ? [] : [t.kind[seat.kind]];
  const out = isWanted(filter, seat) ? [] : [t.notInFilter];
  return [name, t.points(number(seat.price)), ...kind, own, ...out].join(' · ');
}
