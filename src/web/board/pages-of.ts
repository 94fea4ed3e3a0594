/** Shows a list that grows page by page, with its loading, empty and error states. */
import { type html as Html, html } from 'htm/preact';
import { problemText } from '../notifications.ts';
import type { Pages } from '../use-pages.ts';
import { useBoardWords } from './words.ts';

type Markup = ReturnType<typeof Html>;

interface PagesOfProps<Item> {
  pages: Pages<Item>;
  /** Shown if the list is empty. */
  empty: string;
  children: (items: readonly Item[]) => Markup;
}

export function PagesOf<Item>({ pages, empty, children }: PagesOfProps<Item>) {
  const words = useBoardWords();
  const { b, t } = words;
  const { body: items, problem, hasMore, isBusy, more, refetch } = pages;
  if (problem !== undefined) {
    return html`
      <div class="note" role="alert">
        <p>${problemText(words, problem)}</p>
        <button class="button is-plain" type="button" onClick=${refetch}>${t.retry}</button>
      </div>
    `;
  }
  if (!items) return html`<p class="quiet loading">${t.loading}</p>`;
  if (items.length === 0) return html`<p class="quiet">${empty}</p>`;
  return html`
    ${children(items)}
    ${
      hasMore &&
      html`<button class="button is-plain is-small" type="button" aria-disabled=${isBusy} onClick=${more}>${b.more}</button>`
    }
  `;
}
