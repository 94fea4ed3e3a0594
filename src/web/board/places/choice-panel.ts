/** How many seats are chosen, in which states they are, and what can be done with them. */
import { html } from 'htm/preact';
import { useSubscription } from '../../hooks.ts';
import type { SeatStates } from '../../map/seat-states.ts';
import { ConfirmButton } from '../confirm-button.ts';
import { useBoardWords } from '../words.ts';
import type { BoardWords } from './seat-text.ts';
import { countsOf, type Selection, type StateCounts } from './selection.ts';

interface ChoicePanelProps {
  states: SeatStates;
  chosen: Selection;
  isBusy: boolean;
  clear(): void;
  block(reason: string): void;
  release(): void;
}

export function ChoicePanel({ states, chosen, isBusy, clear, block, release }: ChoicePanelProps) {
  const general = useBoardWords();
  const { b, number } = general;
  useSubscription(states);
  const counts = countsOf(chosen, states.codes);
  const blockable = counts.free + counts.blocked;
  const words = b.places;
  return html`
    <section class="panel side-panel">
      <h2 class="panel-title">${words.chosen}</h2>
      <div role="status">
        <p>${chosen.size === 0 ? words.nothing : words.count(chosen.size, number(chosen.size))}</p>
        ${chosen.size > 0 && html`<${Counts} counts=${counts} />`}
      </div>
      <div class="buttons">
        <${ConfirmButton}
          label=${words.block}
          question=${words.blockTitle(blockable, number(blockable))}
          consequence=${blockText(general, counts)}
          action=${words.blockNow}
          hasReason
          isBusy=${isBusy || blockable === 0}
          onConfirm=${block}
        />
        <${ConfirmButton}
          label=${words.release}
          question=${words.releaseTitle(counts.blocked, number(counts.blocked))}
          consequence=${words.releaseText}
          action=${words.releaseNow}
          isBusy=${isBusy || counts.blocked === 0}
          onConfirm=${release}
        />
        <button class="link" type="button" aria-disabled=${isBusy || chosen.size === 0} onClick=${clear}>${words.clear}</button>
      </div>
    </section>
  `;
}

/** What blocking the chosen seats does, in words. */
function blockText({ b, number }: BoardWords, { blocked, held, sold }: StateCounts): string {
  const words = b.places;
  const taken = held + sold;
  return [
    words.blockText,
    blocked > 0 && words.blockAgain(blocked, number(blocked)),
    taken > 0 && words.leftOut(taken, number(taken)),
  ]
    .filter(Boolean)
    .join(' ');
}

function Counts({ counts: { free, held, sold, blocked } }: { counts: StateCounts }) {
  const { b, number } = useBoardWords();
  const words = b.salesPage;
  const parts = [
    [words.available, free],
    [words.held, held],
    [words.sold, sold],
    [words.blocked, blocked],
  ] as const;
  return html`
    <p class="bar-legend small">
      ${parts.map(([label, count]) => html`<span key=${label}>${label} <b>${number(count)}</b></span>`)}
    </p>
  `;
}
