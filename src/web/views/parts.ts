/** Small things that several views show. */
import { type html as Html, html } from 'htm/preact';
import { problemText } from '../news.ts';
import type { Reading } from '../reading.ts';
import { useWords } from '../texts.ts';

type Markup = ReturnType<typeof Html>;

/** What was read, or what there is to say until then. */
export function Read<Body>({
  reading,
  children,
}: {
  reading: Reading<Body>;
  children: (body: Body) => Markup;
}) {
  const words = useWords();
  if (reading.body !== undefined) return children(reading.body);
  if (reading.problem === undefined) return html`<p class="quiet loading">${words.t.loading}</p>`;
  return html`
    <div class="note" role="alert">
      <p>${problemText(words, reading.problem)}</p>
      <button class="button is-plain" type="button" onClick=${reading.again}>${words.t.retry}</button>
    </div>
  `;
}

export function BackLink({ to, text }: { to: string; text: string }) {
  return html`<a class="back" href=${to}><span aria-hidden="true">←</span> ${text}</a>`;
}
