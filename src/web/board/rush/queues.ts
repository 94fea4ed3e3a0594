/** The list of all waiting queues, from which the operator chooses the one that the board shows in detail. */
import { html } from 'htm/preact';
import { choose, type Figures } from '../watch.ts';
import { useBoardWords } from '../words.ts';

type QueueFigure = Figures['queues'][number];

interface QueueTableProps extends Pick<Figures, 'queues'> {
  /** The queue whose figures and admission the board shows. Its row is marked, not that of one which could not be read yet. */
  shownId: number;
}

export function QueueTable({ queues, shownId }: QueueTableProps) {
  const { b } = useBoardWords();
  return html`
    <section class="panel">
      <h2 class="panel-title">${b.queues}</h2>
      <div class="scroll board-queues" tabindex="0" role="region" aria-label=${b.queues}>
        <table class="table">
          <thead>
            <tr>
              <th scope="col">${b.queue}</th>
              <th scope="col">${b.state}</th>
              <th scope="col">${b.waiting}</th>
              <th scope="col">${b.active}</th>
              <th scope="col">${b.rate}</th>
              <th scope="col">${b.admittedLastMinute}</th>
            </tr>
          </thead>
          <tbody>
            ${queues.map((queue) => html`<${QueueRow} key=${queue.id} queue=${queue} isShown=${queue.id === shownId} />`)}
          </tbody>
        </table>
      </div>
    </section>
  `;
}

function QueueRow({ queue, isShown }: { queue: QueueFigure; isShown: boolean }) {
  const { b, number } = useBoardWords();
  const { id, name, state, waiting, active, maxActive, admitLimit, admitWindowSeconds } = queue;
  return html`
    <tr>
      <th scope="row">
        <button class="link" type="button" aria-pressed=${isShown} onClick=${() => choose(id)}>${name}</button>
      </th>
      <td class=${state === 'paused' ? 'is-bad' : ''}>${b.states[state]}</td>
      <td>${number(waiting)}</td>
      <td>${b.outOf(number(active), number(maxActive))}</td>
      <td>${b.perWindow(number(admitLimit), admitWindowSeconds)}</td>
      <td>${number(queue.admittedLastMinute)}</td>
    </tr>
  `;
}

/** The name of the queue whose figures follow, and when its draw is held. */
export function QueueTitle({ queue }: { queue: QueueFigure }) {
  const { b, moment } = useBoardWords();
  return html`
    <div class="queue-title">
      <h2>${queue.name}</h2>
      ${queue.opensAt !== null && html`<p class="quiet">${b.drawnAt(moment(queue.opensAt))}</p>`}
    </div>
  `;
}
