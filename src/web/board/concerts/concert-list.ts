/** All concerts, newest first, and the form that creates one. */
import { html } from 'htm/preact';
import type { Concert } from '../../../client/index.ts';
import { useAction } from '../../hooks.ts';
import { notify, notifyProblem } from '../../notifications.ts';
import { sendOnce } from '../../send-once.ts';
import { usePages } from '../../use-pages.ts';
import { addressOf } from '../addresses.ts';
import { PagesOf } from '../pages-of.ts';
import { useBoardWords } from '../words.ts';

export function ConcertList() {
  const { b, t, moment } = useBoardWords();
  const concerts = usePages('concerts of the board', (seatlane, options) =>
    seatlane.concerts(options),
  );
  return html`
    <h1 class="title" tabindex="-1">${b.pages.concerts}</h1>
    <div class="board-grid">
      <section class="panel">
        <h2 class="panel-title">${b.allConcerts}</h2>
        <${PagesOf} pages=${concerts} empty=${t.noConcerts}>
          ${(items: readonly Concert[]) => html`
            <ul class="bars">
              ${items.map(
                ({ id, title, createdAt }) => html`
                  <li key=${id}>
                    <p class="bar-title">
                      <a href=${addressOf('concerts', id)}>${title}</a>
                      <span class="quiet small">${moment(createdAt)}</span>
                    </p>
                  </li>
                `,
              )}
            </ul>
          `}
        <//>
      </section>
      <${CreateConcert} />
    </div>
  `;
}

function CreateConcert() {
  const { b } = useBoardWords();
  const [isBusy, run] = useAction();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const given = new FormData(event.target as HTMLFormElement);
    const title = String(given.get('title')).trim();
    const description = String(given.get('description')).trim() || null;
    run(async () => {
      try {
        const concert = { title, description };
        const { id } = await sendOnce(['create concert', concert], (seatlane, options) =>
          seatlane.createConcert(concert, options),
        );
        notify(() => b.concertCreated);
        location.hash = addressOf('concerts', id);
      } catch (error) {
        notifyProblem(error);
      }
    });
  };
  return html`
    <section class="panel">
      <h2 class="panel-title">${b.newConcert}</h2>
      <form class="form" onSubmit=${submit}>
        <label class="field">
          <span>${b.concertTitle}</span>
          <input name="title" required maxlength="200" autocomplete="off" pattern=".*\\S.*" />
        </label>
        <label class="field">
          <span>${b.concertDescription}</span>
          <textarea name="description" rows="4" maxlength="10000" />
        </label>
        <button class="button" aria-disabled=${isBusy}>${b.createConcert}</button>
      </form>
    </section>
  `;
}
