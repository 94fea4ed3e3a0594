/** The map of a plan: its seats coloured by category. */
import { html } from 'htm/preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Plan } from '../../../client/api/catalogue/halls.ts';
import type { MapSeat } from '../../map/filter.ts';
import { HallMap } from '../../map/hall-map.ts';
import { ZoomButtons } from '../../map/map-bar.ts';
import { MapField, type Tip } from '../../map/map-field.ts';
import { SeatStates } from '../../map/seat-states.ts';
import { useBoardWords } from '../words.ts';
import { seatsOfPlan, tierOf } from './plan-seats.ts';

export function PlanMap({ name, plan }: { name: string; plan: Plan }) {
  const { b, t, number } = useBoardWords();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [map, setMap] = useState<HallMap>();
  const [focused, setFocused] = useState<number>();
  const [tip, setTip] = useState<Tip>();
  const seats = useMemo(() => seatsOfPlan(plan), [plan]);
  useEffect(() => {
    const count = plan.categories.length;
    const tiers = Uint8Array.from(seats, ({ category = 0 }) => tierOf(category, count));
    const made = new HallMap(
      canvas.current as HTMLCanvasElement,
      new SeatStates(seats),
      { stage: t.stage, categories: { all: [], tiers } },
      {
        pick: setFocused,
        focus: setFocused,
        hover: (index, at) => setTip(index === undefined ? undefined : { index, ...at }),
      },
    );
    setMap(made);
    return () => made.stop();
  }, [plan, seats, t]);
  useEffect(() => {
    const areas = plan.areas ?? [];
    map?.view.setAreas(
      areas.map((area, id) => ({
        id,
        name: area.name,
        text: `${area.category} · ${number(area.capacity)}`,
        isDim: false,
      })),
    );
  }, [map, plan]);
  const textOf = (index: number) => {
    const seat = seats[index] as MapSeat | undefined;
    if (!seat) return '';
    const kind = seat.kind === undefined ? [] : [b.halls.kinds[seat.kind]];
    const category = plan.categories[seat.category ?? 0]?.name;
    return [t.seatName(seat.section, seat.row, seat.number), category, ...kind].join(' · ');
  };
  return html`
    <div class="map">
      <${MapField} canvas=${canvas} map=${map} label=${b.halls.map(name)} tip=${tip} textOf=${textOf} />
      <div class="map-bar">
        <p class="small quiet hall-seat" role="status">${focused === undefined ? '' : textOf(focused)}</p>
        <${ZoomButtons} view=${map?.view} />
      </div>
    </div>
  `;
}
