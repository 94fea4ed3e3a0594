/** The blocked seats by reason. */
import { html } from 'htm/preact';
import { useSubscription } from '../../hooks.ts';
import type { SeatStates } from '../../map/seat-states.ts';
import { useBoardWords } from '../words.ts';
import type { BlockedReasons } from './blocked-reasons.ts';
import { Runs } from './seat-text.ts';

interface BlockedListProps {
  states: SeatStates;
  reasons: BlockedReasons;
  /** Adds seats to the chosen ones. */
  choose(indexes: readonly number[]): void;
}

export function BlockedList({ states, reasons, choose }: BlockedListProps) {
  const { b, t, number } = useBoardWords();
  useSubscription(states);
  const { groups } = reasons;
  return html`
    <section class="panel side-panel">
      <h2 class="panel-title">${b.places.blocked}</h2>
      ${groups.length === 0 && html`<p class="quiet">${b.places.noneBlocked}</p>`}
      ${
        groups.length > 0 &&
        html`<ul class="bars">
        ${groups.map(({ reason, indexes }) => {
          const text = reason ?? b.places.reasonUnknown;
          const { length } = indexes;
          return html`
            <li key=${text}>
              <p class="bar-title">
                <span class="places-reason">${text}</span>
                <span class="quiet small">${t.seats(length, number(length))}</span>
              </p>
              <${Runs} seats=${states.seats} indexes=${indexes} />
              <p>
                <button class="button is-plain is-small" type="button" aria-label=${b.places.chooseAllOf(text)} onClick=${() => choose(indexes)}>${b.places.chooseAll}</button>
              </p>
            </li>
          `;
        })}
      </ul>`
      }
    </section>
  `;
}
