/** All halls, newest first. */
import { html } from 'htm/preact';
import type { Hall } from '../../../client/api/catalogue/halls.ts';
import { usePages } from '../../use-pages.ts';
import { addressOf } from '../addresses.ts';
import { PagesOf } from '../pages-of.ts';
import { useBoardWords } from '../words.ts';

export function HallList() {
  const { b, t, number } = useBoardWords();
  const halls = usePages('halls of the board', (seatlane, options) => seatlane.halls(options));
  return html`
    <h1 class="title" tabindex="-1">${b.pages.halls}</h1>
    <p class="lead">${b.halls.why}</p>
    <section class="panel hall-panel">
      <h2 class="panel-title">${b.allHalls}</h2>
      <${PagesOf} pages=${halls} empty=${b.halls.none}>
        ${(items: readonly Hall[]) => html`
          <ul class="bars">
            ${items.map(
              ({ id, name, version, seatCount }) => html`
                <li key=${id}>
                  <p class="bar-title">
                    <a href=${addressOf('halls', id)}>${name}</a>
                    <span class="quiet small">${b.halls.version(version)}</span>
                  </p>
                  <p class="small quiet">${t.seats(seatCount, number(seatCount))}</p>
                </li>
              `,
            )}
          </ul>
        `}
      <//>
      <a class="button" href=${addressOf('halls', 'new')}>${b.halls.create}</a>
    </section>
  `;
}
