/** The legend of the operators' map. States and kinds that no seat can have are left out. */
import { html } from 'htm/preact';
import { useMemo } from 'preact/hooks';
import type { Schedule } from '../../../client/index.ts';
import type { Categories, Category } from '../../map/draw/categories.ts';
import type { MapSeat } from '../../map/filter.ts';
import type { SeatStates } from '../../map/seat-states.ts';
import { LegendItem } from '../../views/sale/legend.ts';
import { useBoardWords } from '../words.ts';
import { type BoardWords, keptText, type Performance } from './seat-text.ts';

interface PlacesLegendProps {
  schedule: Performance;
  states: SeatStates;
  categories: Categories;
}

export function PlacesLegend({ schedule, states, categories }: PlacesLegendProps) {
  const words = useBoardWords();
  const { b, t } = words;
  const kinds = useMemo(
    () =>
      (['accessible', 'companion'] as const).filter((kind) =>
        states.seats.some((seat: MapSeat) => seat.kind === kind),
      ),
    [states],
  );
  return html`
    <ul class="legend">
      ${categories.all
        .toReversed()
        .map(
          (each) =>
            html`<${LegendItem} key=${each.tier} look="free" tier=${each.tier} text=${categoryText(words, each, schedule)} />`,
        )}
      ${kinds.map(
        (kind) =>
          html`<${LegendItem} key=${kind} look="free" tier=${0} kind=${kind} text=${`${t.kind[kind]}, ${keptText(words, schedule)}`} />`,
      )}
      <${LegendItem} look="held" tier=${0} text=${b.salesPage.held} />
      <${LegendItem} look="sold" tier=${0} text=${b.salesPage.sold} />
      <${LegendItem} look="blocked" tier=${0} text=${b.salesPage.blocked} />
      <${LegendItem} look="chosen" tier=${0} text=${b.places.chosenLegend} />
    </ul>
  `;
}

function categoryText(
  { t, number }: BoardWords,
  { ofHall, from, to }: Category,
  { categories }: Schedule,
): string {
  const named = ofHall.flatMap((index) => categories?.[index]?.name ?? []).join(', ');
  return [named, t.legendPrices(number(from), number(to))].filter(Boolean).join(' · ');
}
