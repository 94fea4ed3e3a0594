/** The selected seats, their price, and the button that holds them. */
import { html } from 'htm/preact';
import type { Seat } from '../../../commands/schemas/resources.ts';
import { totalOf } from '../../bookings.ts';
import { useWords } from '../../texts.ts';

export interface ChoiceProps {
  seats: readonly Seat[];
  isHolding: boolean;
  /** Whether nothing is held yet, so that this is the next step. */
  isFirst: boolean;
  drop(index: number): void;
  hold(): void;
}

export function Choice({ seats, isHolding, isFirst, drop, hold }: ChoiceProps) {
  const { t, number } = useWords();
  return html`
    <section class="panel side-panel">
      <h2 class="panel-title">${t.selected}</h2>
      <ul class="lines">
        ${seats.map(({ id, section, row, number: seatNumber, price, kind }, index) => {
          const name = t.seatName(section, row, seatNumber);
          const shown = kind === undefined ? name : `${name} · ${t.kind[kind]}`;
          return html`
            <li class="line-item" key=${id}>
              <span>${shown}</span>
              <span class="number">${number(price)}</span>
              <button
                class="drop"
                type="button"
                aria-label=${t.remove(name)}
                onClick=${() => drop(index)}
              ><span aria-hidden="true">×</span></button>
            </li>
          `;
        })}
      </ul>
      <p class="total"><span>${t.total}</span> <strong class="number">${t.points(number(totalOf(seats)))}</strong></p>
      <button
        class="button is-wide ${isFirst ? '' : 'is-plain'}"
        type="button"
        aria-disabled=${isHolding}
        onClick=${hold}
      >${isHolding ? t.holding : t.hold(seats.length)}</button>
    </section>
  `;
}
