/** The search of events: by text and by date. */
import { html } from 'htm/preact';
import { useEffect, useState } from 'preact/hooks';
import type { EventOptions } from '../../../client/index.ts';
import { useWords } from '../../texts.ts';

export interface Shown {
  text: string;
  /** The first day, as `YYYY-MM-DD`; '' for no limit. */
  first: string;
  /** The last day. */
  last: string;
}

export const NO_FILTER: Shown = { text: '', first: '', last: '' };

export const isFiltered = (shown: Shown): boolean =>
  Object.values(shown).some((value) => value !== '');

/** Typing a word must not send a request for each letter. */
const TYPING_MS = 300;

export function EventFilters({ onChange }: { onChange(shown: Shown): void }) {
  const { t } = useWords();
  const [typed, setTyped] = useState(NO_FILTER);
  useEffect(() => {
    const timer = setTimeout(() => onChange({ ...typed, text: typed.text.trim() }), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const type = (event: Event) => {
    const { name, value } = event.target as HTMLInputElement;
    setTyped((before) => ({ ...before, [name]: value }));
  };
  return html`
    <form class="filters" role="search" onSubmit=${(event: Event) => event.preventDefault()}>
      <label class="field is-wide">
        <span>${t.search}</span>
        <input name="text" type="search" maxlength="100" autocomplete="off" value=${typed.text} onInput=${type} />
      </label>
      <label class="field">
        <span>${t.fromDay}</span>
        <input name="first" type="date" max=${typed.last || undefined} value=${typed.first} onInput=${type} />
      </label>
      <label class="field">
        <span>${t.toDay}</span>
        <input name="last" type="date" min=${typed.first || undefined} value=${typed.last} onInput=${type} />
      </label>
    </form>
  `;
}

/** The days are those of the device, because that is what its user chooses by. */
export function toOptions({ text, first, last }: Shown): EventOptions {
  return {
    ...(text !== '' && { q: text }),
    ...(first !== '' && { from: startOf(first, 0) }),
    ...(last !== '' && { to: startOf(last, 1) }),
  };
}

/** The beginning of a day, or of one after it, as ISO 8601. */
function startOf(day: string, daysLater: number): string {
  const at = new Date(`${day}T00:00`);
  at.setDate(at.getDate() + daysLater);
  return at.toISOString();
}
