/** The user's choice of a section and of prices. The map, the lists and the best available seats keep to it. */
import { html } from 'htm/preact';
import { useMemo } from 'preact/hooks';
import type { Seat } from '../../../commands/schemas/resources.ts';
import { isFiltering, NO_FILTER, type SeatFilter, withPrice } from '../../map/filter.ts';
import { useWords } from '../../texts.ts';

export interface FilterFormProps {
  seats: readonly Seat[];
  filter: SeatFilter;
  setFilter(filter: SeatFilter): void;
}

/** Nothing if all seats have one price and one section: there is no choice then. */
export function FilterForm({ seats, filter, setFilter }: FilterFormProps) {
  const { t, number } = useWords();
  const { sections, prices } = useMemo(() => choicesOf(seats), [seats]);
  if (sections.length < 2 && prices.length < 2) return null;
  const priceField = (limit: 'minPrice' | 'maxPrice', label: string, any: string) => html`
    <${Choices}
      label=${label}
      any=${any}
      values=${prices}
      texts=${prices.map(number)}
      chosen=${filter[limit]}
      choose=${(price: number | undefined) => setFilter(withPrice(filter, limit, price))}
    />
  `;
  return html`
    <fieldset class="seat-filter">
      <legend class="sr">${t.filter}</legend>
      ${
        sections.length > 1 &&
        html`<${Choices}
          label=${t.filterSection}
          any=${t.allSections}
          values=${sections}
          texts=${sections}
          chosen=${filter.section}
          choose=${(section: string | undefined) => setFilter({ ...filter, section })}
        />`
      }
      ${prices.length > 1 && priceField('minPrice', t.filterFrom, t.anyMinimum)}
      ${prices.length > 1 && priceField('maxPrice', t.filterTo, t.anyMaximum)}
      ${
        isFiltering(filter) &&
        html`<button class="link" type="button" onClick=${() => setFilter(NO_FILTER)}>${t.clearFilter}</button>`
      }
    </fieldset>
  `;
}

/** The sections with names and the prices, the lowest first. */
function choicesOf(seats: readonly Seat[]): { sections: string[]; prices: number[] } {
  const sections = new Set<string>();
  const prices = new Set<number>();
  for (const { section, price } of seats) {
    if (section !== null) sections.add(section);
    prices.add(price);
  }
  return { sections: [...sections], prices: [...prices].sort((a, b) => a - b) };
}

interface ChoicesProps<Value> {
  label: string;
  /** The text of the choice that restricts nothing. */
  any: string;
  values: readonly Value[];
  texts: readonly string[];
  chosen: Value | undefined;
  choose(value: Value | undefined): void;
}

function Choices<Value>({ label, any, values, texts, chosen, choose }: ChoicesProps<Value>) {
  const onChange = (event: Event) =>
    choose(values[(event.target as HTMLSelectElement).selectedIndex - 1]);
  return html`
    <label class="field">
      <span>${label}</span>
      <select onChange=${onChange}>
        <option selected=${chosen === undefined}>${any}</option>
        ${values.map((value, index) => html`<option selected=${value === chosen}>${texts[index]}</option>`)}
      </select>
    </label>
  `;
}
