/** The legend of the seat map: a colour with its mark for each category, a shape for each state. */
import { html } from 'htm/preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { useSubscription } from '../../hooks.ts';
import type { Categories, Category } from '../../map/draw/categories.ts';
import { type DrawnSeat, drawSeat } from '../../map/draw/seat-shape.ts';
import { onSchemeChange, readTheme } from '../../map/draw/theme.ts';
import { isFiltering, type MapSeat, type SeatFilter } from '../../map/filter.ts';
import { BLOCKED, type SeatStates } from '../../map/seat-states.ts';
import { useWords, type Words } from '../../texts.ts';

export interface LegendProps {
  states: SeatStates;
  categories: Categories;
  filter: SeatFilter;
  /** The names of the hall's categories, by their index; empty if it has none. */
  names: readonly string[];
}

/** States and kinds that no seat has are left out. */
export function Legend({ states, categories, filter, names }: LegendProps) {
  const words = useWords();
  const { t } = words;
  useSubscription(states);
  const kinds = useMemo(
    () =>
      (['accessible', 'companion'] as const).filter((kind) =>
        states.seats.some((seat: MapSeat) => seat.kind === kind),
      ),
    [states],
  );
  const item = (seat: Partial<DrawnSeat>, text: string) =>
    html`<${LegendItem} key=${text} look=${seat.look ?? 'free'} tier=${seat.tier ?? 0} kind=${seat.kind} text=${text} />`;
  return html`
    <ul class="legend">
      ${categories.all.toReversed().map((each) => item({ tier: each.tier }, textOf(words, each, names)))}
      ${kinds.map((kind) => item({ kind }, t.kind[kind]))}
      ${item({ look: 'held' }, t.legendHeld)}
      ${item({ look: 'sold' }, t.legendSold)}
      ${states.codes.includes(BLOCKED) && item({ look: 'blocked' }, t.legendBlocked)}
      ${isFiltering(filter) && item({ look: 'dim' }, t.legendDim)}
      ${item({ look: 'mine' }, t.legendMine)}
    </ul>
  `;
}

function textOf(
  { t, number }: Words,
  { ofHall, from, to }: Category,
  names: readonly string[],
): string {
  const named = ofHall.flatMap((index) => names[index] ?? []).join(', ');
  return [named, t.legendPrices(number(from), number(to))].filter(Boolean).join(' · ');
}

const SIDE = 18;
const PIXEL_RATIO = 2;

/** A seat as the map draws it, with what it means. */
export function LegendItem({
  look,
  tier,
  kind,
  text,
}: Omit<DrawnSeat, 'number'> & { text: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const draw = () => {
      context.setTransform(PIXEL_RATIO, 0, 0, PIXEL_RATIO, 0, 0);
      context.clearRect(0, 0, SIDE, SIDE);
      drawSeat(context, readTheme(), { x: 0, y: 0, size: SIDE }, { look, tier, kind, number: 0 });
    };
    draw();
    return onSchemeChange(draw);
  }, [look, tier, kind]);
  const side = SIDE * PIXEL_RATIO;
  return html`
    <li class="legend-item"><canvas ref=${canvas} width=${side} height=${side} aria-hidden="true" />${text}</li>
  `;
}
