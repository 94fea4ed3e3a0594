/** How far the commands are, and afterwards what was done, what was skipped, and what was not done and why. */
import { html } from 'htm/preact';
import type { Seat } from '../../../commands/schemas/resources.ts';
import { problemText } from '../../notifications.ts';
import { useBoardWords } from '../words.ts';
import { Runs } from './seat-text.ts';
import type { Outcome, Progress } from './use-change.ts';

interface OutcomeNoteProps {
  seats: readonly Seat[];
  progress: Progress | undefined;
  outcome: Outcome | undefined;
}

export function OutcomeNote({ seats, progress, outcome }: OutcomeNoteProps) {
  const { b, number } = useBoardWords();
  const text = progress && b.places.progress(number(progress.number), number(progress.all));
  return html`
    <div role="status">
      ${
        progress &&
        html`<div class="panel side-panel">
          <p>${text}</p>
          <progress class="places-progress" max=${progress.all} value=${progress.number - 1} aria-label=${text} />
        </div>`
      }
      ${outcome && html`<${Result} seats=${seats} outcome=${outcome} />`}
    </div>
  `;
}

function Result({ seats, outcome }: { seats: readonly Seat[]; outcome: Outcome }) {
  const words = useBoardWords();
  const { b, number } = words;
  const { kind, done, skipped, left, pieces, problem } = outcome;
  const isPartial = problem !== undefined;
  const runsOf = (seatIds: readonly number[]) => {
    const wanted = new Set(seatIds);
    const indexes = [...seats.keys()].filter((index) => wanted.has((seats[index] as Seat).id));
    return html`<${Runs} seats=${seats} indexes=${indexes} />`;
  };
  return html`
    <section class="panel side-panel">
      <h2 class="panel-title">${b.places.outcome}</h2>
      <p>${b.places.done[kind](done.length, number(done.length))}</p>
      ${(isPartial || pieces.all > 1) && html`<p>${b.places.pieces(number(pieces.done), number(pieces.all))}</p>`}
      ${
        skipped.length > 0 &&
        html`<div>
          <p>${b.places.skipped[kind](skipped.length, number(skipped.length))}</p>
          ${runsOf(skipped)}
        </div>`
      }
      ${isPartial && html`<p class="is-bad">${problemText(words, problem)}</p>`}
      ${
        left.length > 0 &&
        html`<div>
          <p>${b.places.left(left.length, number(left.length))}</p>
          ${runsOf(left)}
        </div>`
      }
    </section>
  `;
}
