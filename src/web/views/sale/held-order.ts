/** The places of one held order. Each can be given back by itself. */
import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import type { Booking } from '../../../commands/schemas/resources.ts';
import { cancel, placeName } from '../../bookings.ts';
import { useAction } from '../../hooks.ts';
import { notify, notifyProblem } from '../../notifications.ts';
import { useWords } from '../../texts.ts';
import { Ask } from '../orders/ask.ts';

export interface HeldOrderProps {
  id: number;
  held: readonly Booking[];
  /** Whether other orders are shown too, so that this one needs its number. */
  isNumbered: boolean;
  /** Reads the bookings again. */
  refetch(): Promise<void>;
}

export function HeldOrder({ id, held, isNumbered, refetch }: HeldOrderProps) {
  const { t } = useWords();
  return html`
    ${isNumbered && html`<h3 class="subtitle">${t.orderNumber(id)}</h3>`}
    <ul class="lines">
      ${held.map((booking) => html`<${HeldPlace} key=${booking.id} booking=${booking} refetch=${refetch} />`)}
    </ul>
  `;
}

function HeldPlace({ booking, refetch }: { booking: Booking } & Pick<HeldOrderProps, 'refetch'>) {
  const { t, number } = useWords();
  const [isAsked, setAsked] = useState(false);
  const [isBusy, run] = useAction();
  const name = placeName(t, booking);
  const giveBack = () =>
    run(async () => {
      try {
        await cancel(booking);
        notify((words) => words.t.cancelled);
      } catch (error) {
        notifyProblem(error, giveBack);
      }
      setAsked(false);
      await refetch();
    });
  return html`
    <li>
      <p class="line-item">
        <span>${name}</span>
        <span class="number">${number(booking.price)}</span>
        <button
          class="drop"
          type="button"
          aria-label=${t.giveBackPlace(name)}
          aria-expanded=${isAsked}
          onClick=${() => setAsked(!isAsked)}
        ><span aria-hidden="true">×</span></button>
      </p>
      ${
        isAsked &&
        html`<${Ask}
          title=${t.askGiveBackOne}
          confirmText=${t.giveBackNow}
          isBusy=${isBusy}
          confirm=${giveBack}
          cancel=${() => setAsked(false)}
        />`
      }
    </li>
  `;
}
