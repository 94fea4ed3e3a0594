/** Components that several views share. */
import { type html as Html, html } from 'htm/preact';
import type { Query } from '../hooks.ts';
import { problemText } from '../notifications.ts';
import { useWords } from '../texts.ts';

type Markup = ReturnType<typeof Html>;

/** The data of a query, or its loading or error state. */
export function QueryResult<Body>({
  query,
  children,
}: {
  query: Query<Body>;
  children: (body: Body) => Markup;
}) {
  const words = useWords();
  if (query.body !== undefined) return children(query.body);
  if (query.problem === undefined) return html`<p class="quiet loading">${words.t.loading}</p>`;
  return html`
    <div class="note" role="alert">
      <p>${problemText(words, query.problem)}</p>
      <button class="button is-plain" type="button" onClick=${query.refetch}>${words.t.retry}</button>
    </div>
  `;
}

export function BackLink({ to, text }: { to: string; text: string }) {
  return html`<a class="back" href=${to}><span aria-hidden="true">←</span> ${text}</a>`;
}
