/** The form that finds orders by user, number, performance or seat. */
import { html } from 'htm/preact';
import { notify } from '../../notifications.ts';
import { useBoardWords } from '../words.ts';
import { STATES } from './states.ts';

export const FIELDS = [
  'user',
  'orderId',
  'scheduleId',
  'section',
  'row',
  'seatNumber',
  'seatId',
  'state',
] as const;

interface SearchFormProps {
  given: URLSearchParams;
  onSearch(given: URLSearchParams): void;
}

export function SearchForm({ given, onSearch }: SearchFormProps) {
  const { b, t } = useBoardWords();
  const words = b.ordersPage;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const wanted = new URLSearchParams();
    for (const name of FIELDS) {
      const value = String(form.get(name) ?? '').trim();
      if (value !== '') wanted.set(name, value);
    }
    const hasOne = ['user', 'orderId', 'scheduleId'].some((name) => wanted.has(name));
    if (hasOne) onSearch(wanted);
    else notify(() => words.giveOne, 'problem');
  };
  const field = (name: (typeof FIELDS)[number], label: string, isNumber = false) => html`
    <label class="field">
      <span>${label}</span>
      <input
        name=${name}
        defaultValue=${given.get(name) ?? ''}
        inputmode=${isNumber ? 'numeric' : 'text'}
        pattern=${isNumber ? '[1-9][0-9]*' : undefined}
        autocomplete="off"
        spellcheck=${false}
      />
    </label>
  `;
  const isSeatGiven = ['section', 'row', 'seatNumber'].some((name) => given.has(name));
  return html`
    <form class="panel order-search" role="search" aria-label=${words.search} onSubmit=${submit}>
      <h2 class="panel-title">${words.search}</h2>
      <div class="order-fields">
        ${field('user', words.user)}
        ${field('orderId', words.orderNumber, true)}
        ${field('scheduleId', words.performance, true)}
        <label class="field">
          <span>${words.state}</span>
          <select name="state" defaultValue=${given.get('state') ?? ''}>
            <option value="">${words.anyState}</option>
            ${STATES.map((state) => html`<option key=${state} value=${state} selected=${given.get('state') === state}>${t.orderState[state]}</option>`)}
          </select>
        </label>
      </div>
      <details open=${isSeatGiven}>
        <summary class="small">${words.seat}</summary>
        <div class="order-fields">
          ${field('section', words.section)}
          ${field('row', words.row)}
          ${field('seatNumber', words.seatNumber, true)}
        </div>
      </details>
      <button class="button">${words.find}</button>
    </form>
  `;
}
