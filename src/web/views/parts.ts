/** Components that several views share. */
import { type html as Html, html } from 'htm/preact';
import { useContext } from 'preact/hooks';
import type { Query } from '../hooks.ts';
import { NextStep, NextStepView, problemText } from '../notifications.ts';
import { useWords } from '../texts.ts';
import type { Pages } from '../use-pages.ts';

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
  const hasSteps = useContext(NextStepView) !== undefined;
  if (query.body !== undefined) return children(query.body);
  if (query.problem === undefined) return html`<p class="quiet loading">${words.t.loading}</p>`;
  return html`
    <div class="note" role="alert">
      <p>${problemText(words, query.problem)}</p>
      ${
        hasSteps
          ? html`<${NextStep} error=${query.problem} retry=${query.refetch} done=${() => undefined} />`
          : html`<button class="button is-plain" type="button" onClick=${query.refetch}>${words.t.retry}</button>`
      }
    </div>
  `;
}

interface MoreButtonProps {
  pages: Pages<unknown>;
  text: string;
}

/** Reads the next page of a list that has more. */
export function MoreButton({ pages: { hasMore, isBusy, more }, text }: MoreButtonProps) {
  return (
    hasMore &&
    html`<button class="button is-plain" type="button" aria-disabled=${isBusy} onClick=${more}>${text}</button>`
  );
}

export function BackLink({ to, text }: { to: string; text: string }) {
  return html`<a class="back" href=${to}><span aria-hidden="true">←</span> ${text}</a>`;
}
