/** Chooses seats by their names, without the map. */
import { html } from 'htm/preact';
import { useMemo, useState } from 'preact/hooks';
import type { Seat } from '../../../commands/schemas/resources.ts';
import { useBoardWords } from '../words.ts';
import { seatsOfRange } from './selection.ts';

interface RangeFormProps {
  seats: readonly Seat[];
  change(indexes: readonly number[], isRemoving: boolean): void;
}

/** The value of an option that restricts nothing. The others are the numbers of their names. */
const ALL = '';

export function RangeForm({ seats, change }: RangeFormProps) {
  const { b, t } = useBoardWords();
  const [isNoMatch, setNoMatch] = useState(false);
  const [sectionAt, setSectionAt] = useState(ALL);
  const sections = useMemo(() => distinct(seats.map(({ section }) => section)), [seats]);
  const section = nameAt(sections, sectionAt);
  const rows = useMemo(() => {
    const here = seats.filter((seat) => section === undefined || seat.section === section);
    return distinct(here.map(({ row }) => row));
  }, [seats, section]);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const indexes = seatsOfRange(seats, {
      section,
      row: nameAt(rows, String(form.get('row'))),
      from: numberOf(form.get('from')),
      to: numberOf(form.get('to')),
    });
    setNoMatch(indexes.length === 0);
    change(indexes, (event.submitter as HTMLButtonElement | null)?.value === 'remove');
  };
  return html`
    <section class="panel side-panel">
      <h2 class="panel-title">${b.places.byName}</h2>
      <form class="form" onSubmit=${submit}>
        <div class="field-row">
          <${Names}
            label=${t.section}
            name="section"
            all=${b.places.allSections}
            names=${sections}
            onChange=${(event: Event) => setSectionAt((event.target as HTMLSelectElement).value)}
          />
          <${Names} key=${sectionAt} label=${t.row} name="row" all=${b.places.allRows} names=${rows} />
          <${NumberField} label=${b.places.from} name="from" />
          <${NumberField} label=${b.places.to} name="to" />
        </div>
        <p class="quiet small">${b.places.byNameWhy}</p>
        ${isNoMatch && html`<p class="is-bad" role="alert">${b.places.noMatch}</p>`}
        <div class="buttons">
          <button class="button is-plain is-small" value="add">${b.places.add}</button>
          <button class="button is-plain is-small" value="remove">${b.places.remove}</button>
        </div>
      </form>
    </section>
  `;
}

interface NamesProps {
  label: string;
  name: string;
  /** The text of the option that restricts nothing. */
  all: string;
  names: readonly (string | null)[];
  onChange?: (event: Event) => void;
}

function Names({ label, name, all, names, onChange }: NamesProps) {
  const { b } = useBoardWords();
  return html`
    <label class="field">
      <span>${label}</span>
      <select name=${name} onChange=${onChange}>
        <option value=${ALL}>${all}</option>
        ${names.map((each, index) => html`<option key=${index} value=${index}>${each ?? b.places.none}</option>`)}
      </select>
    </label>
  `;
}

function NumberField({ label, name }: { label: string; name: string }) {
  return html`
    <label class="field">
      <span>${label}</span>
      <input name=${name} type="number" inputmode="numeric" min="1" max="1000000" autocomplete="off" />
    </label>
  `;
}

function distinct<Value>(values: readonly Value[]): Value[] {
  return [...new Set(values)];
}

/** undefined for the option that restricts nothing */
function nameAt(names: readonly (string | null)[], at: string): string | null | undefined {
  return at === ALL ? undefined : names[Number(at)];
}

function numberOf(given: FormDataEntryValue | null): number | undefined {
  return given === null || given === '' ? undefined : Number(given);
}
