/** Choosing seats without the map: the best adjacent seats, or single seats from lists. */
import { html } from 'htm/preact';
import { useMemo, useState } from 'preact/hooks';
import type { Seat } from '../../commands/schemas/resources.ts';
import { type BestSeatsRequest, SEATS_AT_ONCE_MAX } from '../bookings.ts';
import { useSubscription } from '../hooks.ts';
import type { SeatStates } from '../map/seat-states.ts';
import { useWords } from '../texts.ts';

export interface ChooserProps {
  states: SeatStates;
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

function ChooserForms({ states, isHolding, isFirst, add, holdBest }: ChooserProps) {
  const { t } = useWords();
  return html`
    <${BestForm} seats=${states.seats} isHolding=${isHolding} isFirst=${isFirst} holdBest=${holdBest} />
    <p class="quiet small">${t.orOnMap}</p>
    <details class="more">
      <summary>${t.listTitle}</summary>
      <${SeatList} states=${states} add=${add} />
    </details>
  `;
}

function BestForm({
  seats,
  isHolding,
  isFirst,
  holdBest,
}: Pick<ChooserProps, 'isHolding' | 'isFirst' | 'holdBest'> & { seats: readonly Seat[] }) {
  const { t, number } = useWords();
  const prices = useMemo(
    () => distinct(seats.map(({ price }) => price)).sort((a, b) => a - b),
    [seats],
  );
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const maxPrice = String(form.get('maxPrice'));
    const quantity = Number(form.get('quantity'));
    if (!isHolding)
      holdBest(maxPrice === '' ? { quantity } : { quantity, maxPrice: Number(maxPrice) });
  };
  return html`
    <form class="form" onSubmit=${submit}>
      <div class="pair">
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
        <label class="field">
          <span>${t.bestPrice}</span>
          <select name="maxPrice">
            <option value="">${t.anyPrice}</option>
            ${prices.map((price) => html`<option value=${price}>${number(price)}</option>`)}
          </select>
        </label>
      </div>
      <button class="button is-wide ${isFirst ? '' : 'is-plain'}" aria-disabled=${isHolding}>
        ${isHolding ? t.holding : t.bestHold}
      </button>
    </form>
  `;
}

/** Three lists: sections, rows, and the free seats of the row. */
function SeatList({ states, add }: Pick<ChooserProps, 'states' | 'add'>) {
  const { t, number } = useWords();
  const { seats } = states;
  useSubscription(states);
  const sections = useMemo(() => distinct(seats.map(({ section }) => section)), [seats]);
  const [wantedSection, setSection] = useState<string | null | undefined>();
  const section = wantedSection === undefined ? (sections[0] ?? null) : wantedSection;
  const rows = useMemo(
    () => distinct(seats.filter((seat) => seat.section === section).map(({ row }) => row)),
    [seats, section],
  );
  const [wantedRow, setRow] = useState<string | null | undefined>();
  const row = wantedRow !== undefined && rows.includes(wantedRow) ? wantedRow : (rows[0] ?? null);
  const free = seats.flatMap((seat, index) => {
    const isHere = seat.section === section && seat.row === row && states.isFree(index);
    return isHere ? [{ seat, index }] : [];
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
