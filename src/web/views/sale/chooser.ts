/** Choosing seats without the map: the best adjacent seats, or single seats from lists. */
import { html } from 'htm/preact';
import { useMemo, useState } from 'preact/hooks';
import { type BestSeatsRequest, SEATS_AT_ONCE_MAX } from '../../bookings.ts';
import { useSubscription } from '../../hooks.ts';
import { isWanted, type SeatFilter } from '../../map/filter.ts';
import type { SeatStates } from '../../map/seat-states.ts';
import { useWords, type Words } from '../../texts.ts';

export interface ChooserProps {
  states: SeatStates;
  /** The lists and the best available seats keep to it. */
  filter: SeatFilter;
  isHolding: boolean;
  /** Whether nothing is held yet, so that this is the next step. */
  isFirst: boolean;
  /** @param index the index of the selected seat */
  add(index: number): void;
  holdBest(request: BestSeatsRequest): void;
}

export function Chooser(props: ChooserProps) {
  const { t } = useWords();
  // Once seats are held, the next step is to pay, so this panel is folded.
  if (!props.isFirst) {
    return html`
      <details class="panel side-panel more">
        <summary>${t.moreSeats}</summary>
        <${ChooserForms} ...${props} />
      </details>
    `;
  }
  return html`
    <section class="panel side-panel">
      <h2 class="panel-title">${t.bestTitle}</h2>
      <${ChooserForms} ...${props} />
    </section>
  `;
}

function ChooserForms({ states, filter, isHolding, isFirst, add, holdBest }: ChooserProps) {
  const { t } = useWords();
  const [isOpen, setOpen] = useState(false);
  const onToggle = (event: Event) => setOpen((event.target as HTMLDetailsElement).open);
  return html`
    <${BestForm} filter=${filter} isHolding=${isHolding} isFirst=${isFirst} holdBest=${holdBest} />
    <p class="quiet small">${t.orOnMap}</p>
    <details class="more" onToggle=${onToggle}>
      <summary>${t.listTitle}</summary>
      ${isOpen && html`<${SeatList} states=${states} filter=${filter} add=${add} />`}
    </details>
  `;
}

function BestForm({
  filter,
  isHolding,
  isFirst,
  holdBest,
}: Pick<ChooserProps, 'filter' | 'isHolding' | 'isFirst' | 'holdBest'>) {
  const words = useWords();
  const { t } = words;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    if (!isHolding) holdBest({ quantity: Number(form.get('quantity')), ...filter });
  };
  const places = placesOf(words, filter);
  return html`
    <form class="form" onSubmit=${submit}>
      <label class="field">
        <span>${t.bestCount}</span>
        <select name="quantity">
          ${Array.from(
            { length: SEATS_AT_ONCE_MAX },
            (_, index) =>
              html`<option value=${index + 1} selected=${index === 1}>${index + 1}</option>`,
          )}
        </select>
      </label>
      <p class="quiet small">${places === '' ? t.bestFromAll : t.bestFrom(places)}</p>
      <button class="button is-wide ${isFirst ? '' : 'is-plain'}" aria-disabled=${isHolding}>
        ${isHolding ? t.holding : t.bestHold}
      </button>
    </form>
  `;
}

/** The filter in words; empty if it restricts nothing. */
function placesOf({ t, number }: Words, { section, minPrice, maxPrice }: SeatFilter): string {
  const prices = [
    minPrice !== undefined && minPrice !== maxPrice && t.pricesFrom(number(minPrice)),
    maxPrice !== undefined && minPrice !== maxPrice && t.pricesTo(number(maxPrice)),
    minPrice !== undefined && minPrice === maxPrice && t.points(number(minPrice)),
  ];
  return [section, ...prices].filter(Boolean).join(', ');
}

/** Three lists: sections, rows, and the free seats of the row; of the seats that the filter allows. */
function SeatList({ states, filter, add }: Pick<ChooserProps, 'states' | 'filter' | 'add'>) {
  const { t, number } = useWords();
  const { seats } = states;
  useSubscription(states);
  const wanted = useMemo(() => seats.filter((seat) => isWanted(filter, seat)), [seats, filter]);
  const sections = useMemo(() => distinct(wanted.map(({ section }) => section)), [wanted]);
  const [wantedSection, setSection] = useState<string | null | undefined>();
  const section =
    wantedSection !== undefined && sections.includes(wantedSection)
      ? wantedSection
      : (sections[0] ?? null);
  const rows = useMemo(
    () => distinct(wanted.filter((seat) => seat.section === section).map(({ row }) => row)),
    [wanted, section],
  );
  const [wantedRow, setRow] = useState<string | null | undefined>();
  const row = wantedRow !== undefined && rows.includes(wantedRow) ? wantedRow : (rows[0] ?? null);
  const here = useMemo(
    () => wanted.filter((seat) => seat.section === section && seat.row === row),
    [wanted, section, row],
  );
  const free = here.flatMap((seat) => {
    const index = states.indexOf(seat.id);
    return index !== undefined && states.isFree(index) ? [{ seat, index }] : [];
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    add(Number(new FormData(event.target as HTMLFormElement).get('index')));
  };
  return html`
    <form class="form" onSubmit=${submit}>
      <div class="pair">
        ${hasChoice(sections) && html`<${Names} label=${t.section} names=${sections} chosen=${section} choose=${setSection} />`}
        ${hasChoice(rows) && html`<${Names} label=${t.row} names=${rows} chosen=${row} choose=${setRow} />`}
      </div>
      ${
        free.length === 0
          ? html`<p class="quiet">${t.listNone}</p>`
          : html`
              <label class="field">
                <span>${t.seat}</span>
                <select name="index">
                  ${free.map(
                    ({ seat, index }) => html`
                      <option key=${index} value=${index}>
                        ${`${seat.number} · ${t.points(number(seat.price))}`}
                      </option>
                    `,
                  )}
                </select>
              </label>
              <button class="button is-plain">${t.listAdd}</button>
            `
      }
    </form>
  `;
}

function Names(props: {
  label: string;
  names: readonly (string | null)[];
  chosen: string | null;
  choose: (name: string | null) => void;
}) {
  const { label, names, chosen, choose } = props;
  const onChange = (event: Event) => {
    choose(names[(event.target as HTMLSelectElement).selectedIndex] ?? null);
  };
  return html`
    <label class="field">
      <span>${label}</span>
      <select onChange=${onChange}>
        ${names.map((name) => html`<option selected=${name === chosen}>${name ?? '–'}</option>`)}
      </select>
    </label>
  `;
}

function hasChoice(names: readonly (string | null)[]): boolean {
  return names.length > 1 || (names[0] ?? null) !== null;
}

function distinct<Value>(values: readonly Value[]): Value[] {
  return [...new Set(values)];
}
