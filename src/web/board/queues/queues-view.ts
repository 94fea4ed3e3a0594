/** The page of waiting queues: all of them, or one with its rates and its draws. */
import { html } from 'htm/preact';
import { useEffect } from 'preact/hooks';
import { useStore } from '../../store.ts';
import { BackLink } from '../../views/parts.ts';
import { addressOf } from '../addresses.ts';
import type { PageProps } from '../pages.ts';
import { AdmissionForm } from '../rush/admission-form.ts';
import { choose, chosenQueue, figures, history } from '../watch.ts';
import { useBoardWords } from '../words.ts';
import { CreateQueue } from './create-queue.ts';
import { Draws } from './draws.ts';

export function QueuesView({ path: [queueId] }: PageProps) {
  return queueId === undefined
    ? html`<${QueueList} />`
    : html`<${QueueDetails} key=${queueId} queueId=${Number(queueId)} />`;
}

function QueueList() {
  const { b, t, number } = useBoardWords();
  const counted = useStore(figures);
  if (!counted) return html`<p class="quiet loading">${t.loading}</p>`;
  return html`
    <h1 class="title" tabindex="-1">${b.queues}</h1>
    <div class="board-grid">
      <ul class="panel bars">
        ${counted.queues.map(
          ({ id, name, state, waiting, active, maxActive }) => html`
            <li key=${id}>
              <p class="bar-title">
                <a href=${addressOf('queues', id)}>${name}</a>
                <span class=${state === 'paused' ? 'is-bad' : 'quiet'}>${b.states[state]}</span>
              </p>
              <p class="small">
                ${b.waiting} ${number(waiting)} · ${b.active} ${b.outOf(number(active), number(maxActive))}
              </p>
            </li>
          `,
        )}
      </ul>
      <${CreateQueue} />
    </div>
  `;
}

function QueueDetails({ queueId }: { queueId: number }) {
  const { b, t, number } = useBoardWords();
  useEffect(() => choose(queueId), [queueId]);
  const counted = useStore(figures);
  const isChosen = useStore(chosenQueue) === queueId;
  const admission = useStore(history).at(-1)?.admission;
  const queue = counted?.queues.find(({ id }) => id === queueId);
  if (counted && !queue)
    return html`<p class="note is-bad" role="alert">${t.problems.QUEUE_NOT_FOUND}</p>`;
  if (!queue) return html`<p class="quiet loading">${t.loading}</p>`;
  return html`
    <${BackLink} to=${addressOf('queues')} text=${b.allQueues} />
    <h1 class="title" tabindex="-1">${queue.name}</h1>
    <p>
      ${b.states[queue.state]} · ${b.waiting} ${number(queue.waiting)} ·
      ${' '}${b.active} ${b.outOf(number(queue.active), number(queue.maxActive))} ·
      ${' '}${b.admittedLastMinute} ${number(queue.admittedLastMinute)} ·
      ${' '}<a href=${addressOf('rush')}>${b.liveFigures}</a>
    </p>
    <div class="board-grid">
      ${
        isChosen && admission?.queueId === queueId
          ? html`<${AdmissionForm} admission=${admission} name=${queue.name} />`
          : html`<p class="quiet loading">${t.loading}</p>`
      }
      <${Draws} queueId=${queueId} />
    </div>
  `;
}
