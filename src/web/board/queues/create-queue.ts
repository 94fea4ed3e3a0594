/** The form that creates a waiting queue for concerts which the house queue has served. */
import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import type { Concert, NewQueue, Page } from '../../../client/index.ts';
import { useAction, useQuery } from '../../hooks.ts';
import { notify, notifyProblem } from '../../notifications.ts';
import { sendOnce } from '../../send-once.ts';
import { HOUSE_QUEUE } from '../../session.ts';
import { QueryResult } from '../../views/parts.ts';
import { addressOf } from '../addresses.ts';
import { useBoardWords } from '../words.ts';
import { RATE_FIELDS, RateFields } from './rate-fields.ts';

/** As many as one page of the API has: the newest ones. */
const CONCERTS_MAX = 100;

export function CreateQueue() {
  const { b } = useBoardWords();
  const query = useQuery('concerts for a queue', (seatlane, options) =>
    seatlane.concerts({ ...options, limit: CONCERTS_MAX }),
  );
  return html`
    <section class="panel">
      <h2 class="panel-title">${b.newQueue}</h2>
      <p class="quiet small">${b.newQueueWhy}</p>
      <${QueryResult} query=${query}>
        ${({ items }: Page<Concert>) => {
          const concerts = items.filter(({ queueId }) => queueId === HOUSE_QUEUE);
          return concerts.length === 0
            ? html`<p class="note">${b.noFreeConcerts}</p>`
            : html`<${QueueForm} concerts=${concerts} />`;
        }}
      <//>
    </section>
  `;
}

function QueueForm({ concerts }: { concerts: readonly Concert[] }) {
  const { b } = useBoardWords();
  const [isBusy, run] = useAction();
  const [isUnchosen, setUnchosen] = useState(false);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const queue = queueOf(new FormData(event.target as HTMLFormElement));
    setUnchosen(queue.concertIds.length === 0);
    if (queue.concertIds.length === 0) return;
    run(async () => {
      try {
        const { id } = await sendOnce(['create queue', queue], (seatlane, options) =>
          seatlane.createQueue(queue, options),
        );
        notify(() => b.queueCreated);
        location.hash = addressOf('queues', id);
      } catch (error) {
        notifyProblem(error);
      }
    });
  };
  return html`
    <form class="form" onSubmit=${submit}>
      <label class="field">
        <span>${b.queueName}</span>
        <input name="name" required maxlength="200" autocomplete="off" pattern=".*\\S.*" />
      </label>
      <fieldset class="choices" aria-describedby=${isUnchosen ? 'queue-concerts-error' : undefined}>
        <legend>${b.concertsOfQueue}</legend>
        ${concerts.map(
          ({ id, title }) => html`
            <label key=${id}><input type="checkbox" name="concert" value=${id} /> ${title}</label>
          `,
        )}
      </fieldset>
      ${isUnchosen && html`<p class="is-bad" id="queue-concerts-error" role="alert">${b.chooseConcerts}</p>`}
      <${RateFields} shown=${{}} isRequired=${false} />
      <button class="button" aria-disabled=${isBusy}>${b.createQueue}</button>
    </form>
  `;
}

/** An empty rate means the configured one. */
function queueOf(given: FormData): NewQueue {
  const rates = RATE_FIELDS.map((name) => [name, Number(given.get(name)) || null]);
  return {
    name: String(given.get('name')).trim(),
    concertIds: given.getAll('concert').map(Number),
    ...Object.fromEntries(rates),
  };
}
