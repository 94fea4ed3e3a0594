/** The part of the form of a performance that takes its seats from a hall: which hall, and a price for each category. */
import { html } from 'htm/preact';
import type { Hall, HallVersion } from '../../../client/api/catalogue/halls.ts';
import type { Page } from '../../../client/index.ts';
import { useQuery } from '../../hooks.ts';
import { QueryResult } from '../../views/parts.ts';
import { addressOf } from '../addresses.ts';
import { useBoardWords } from '../words.ts';
import type { HallDraft } from './drafts.ts';

interface HallChoiceProps {
  draft: HallDraft;
  onChange(draft: HallDraft): void;
}

export function HallChoice(props: HallChoiceProps) {
  const { b } = useBoardWords();
  const halls = useQuery('halls for a performance', (seatlane, options) =>
    seatlane.halls({ ...options, limit: 100 }),
  );
  return html`
    <${QueryResult} query=${halls}>
      ${({ items }: Page<Hall>) =>
        items.length === 0
          ? html`<p>${b.fromHall.none} <a href=${addressOf('halls', 'new')}>${b.halls.create}</a></p>`
          : html`<${OfHalls} halls=${items} ...${props} />`}
    <//>
  `;
}

function OfHalls({ halls, draft, onChange }: HallChoiceProps & { halls: readonly Hall[] }) {
  const { b, t, number } = useBoardWords();
  const choose = ({ target }: Event) => {
    const hall = halls.find(({ id }) => id === Number((target as HTMLSelectElement).value));
    onChange({ ...draft, hallId: hall?.id, version: hall?.version, prices: {} });
  };
  const { hallId, version } = draft;
  return html`
    <label class="field">
      <span>${b.fromHall.hall}</span>
      <select required value=${hallId ?? ''} onChange=${choose}>
        <option value="">${b.fromHall.choose}</option>
        ${halls.map(
          (hall) => html`
            <option key=${hall.id} value=${hall.id}>
              ${b.fromHall.option(hall.name, hall.version, t.seats(hall.seatCount, number(hall.seatCount)))}
            </option>
          `,
        )}
      </select>
    </label>
    ${
      hallId !== undefined &&
      version !== undefined &&
      html`<${Prices} hallId=${hallId} version=${version} draft=${draft} onChange=${onChange} />`
    }
  `;
}

interface PricesProps extends HallChoiceProps {
  hallId: number;
  version: number;
}

function Prices({ hallId, version, draft, onChange }: PricesProps) {
  const { b } = useBoardWords();
  const query = useQuery(`hall ${hallId} version ${version}`, (seatlane, options) =>
    seatlane.hallVersion(hallId, version, options),
  );
  const price = (name: string, { target }: Event) => {
    const { value } = target as HTMLInputElement;
    onChange({ ...draft, prices: { ...draft.prices, [name]: value } });
  };
  const keep = ({ target }: Event) =>
    onChange({ ...draft, accessibleUntil: (target as HTMLInputElement).value });
  return html`
    <${QueryResult} query=${query}>
      ${({ plan }: HallVersion) => html`
        <fieldset class="line-group">
          <legend>${b.fromHall.prices}</legend>
          <div class="field-row">
            ${plan.categories.map(
              ({ name }) => html`
                <label class="field" key=${name}>
                  <span>${name}</span>
                  <input
                    type="number"
                    inputmode="numeric"
                    min="0"
                    max="10000000"
                    required
                    autocomplete="off"
                    value=${draft.prices[name] ?? ''}
                    onInput=${(event: Event) => price(name, event)}
                  />
                </label>
              `,
            )}
          </div>
        </fieldset>
        ${
          hasKinds(plan) &&
          html`
            <label class="field">
              <span>${b.fromHall.accessibleUntil}</span>
              <input
                type="datetime-local"
                aria-describedby="accessible-why"
                value=${draft.accessibleUntil}
                onInput=${keep}
              />
            </label>
            <p class="quiet small" id="accessible-why">${b.fromHall.accessibleWhy}</p>
          `
        }
      `}
    <//>
  `;
}

function hasKinds({ sections }: HallVersion['plan']): boolean {
  return sections.some(({ rows }) => rows.some(({ seats }) => seats.some(({ kind }) => kind)));
}
