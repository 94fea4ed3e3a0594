/** The list of concerts, newest first. */
import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import type { Page } from '../../client/index.ts';
import type { Concert } from '../../commands/schemas/resources.ts';
import { callApi } from '../api.ts';
import { useAction, useQuery } from '../hooks.ts';
import { notifyProblem } from '../notifications.ts';
import { addressOf } from '../route.ts';
import { useWords } from '../texts.ts';
import { QueryResult } from './parts.ts';

export function ConcertsView() {
  const { t } = useWords();
  const query = useQuery('concerts', (seatlane, options) => seatlane.concerts(options));
  return html`
    <section class="column">
      <h1 class="title">${t.chooseConcert}</h1>
      <${QueryResult} query=${query}>${(first: Page<Concert>) => html`<${ConcertList} first=${first} />`}<//>
    </section>
  `;
}

function ConcertList({ first }: { first: Page<Concert> }) {
  const { t } = useWords();
  const [later, setLater] = useState<Page<Concert>[]>([]);
  const [isReading, run] = useAction();
  const pages = [first, ...later];
  const concerts = pages.flatMap(({ items }) => items);
  const cursor = pages.at(-1)?.nextCursor;
  const readMore = () =>
    run(() =>
      callApi((seatlane) => seatlane.concerts({ cursor: cursor ?? undefined })).then(
        (page) => setLater([...later, page]),
        notifyProblem,
      ),
    );
  if (concerts.length === 0) return html`<p class="note">${t.noConcerts}</p>`;
  return html`
    <ul class="cards">
      ${concerts.map(
        ({ id, title, description }) => html`
          <li key=${id}>
            <a class="card" href=${addressOf.concert(id)}>
              <span class="card-text">
                <span class="card-title">${title}</span>
                ${description && html`<span class="quiet">${description}</span>`}
              </span>
              <span class="card-arrow" aria-hidden="true">→</span>
            </a>
          </li>
        `,
      )}
    </ul>
    ${
      cursor &&
      html`<button class="button is-plain" type="button" disabled=${isReading} onClick=${readMore}>
        ${t.moreConcerts}
      </button>`
    }
  `;
}
