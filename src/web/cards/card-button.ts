/** The buttons that pay held orders by card, each as a whole. */
import { html } from 'htm/preact';
import type { Booking } from '../../commands/schemas/resources.ts';
import { totalOf } from '../bookings.ts';
import { useAction } from '../hooks.ts';
import { notifyProblem } from '../notifications.ts';
import { useWords } from '../texts.ts';
import { currency, payByCard } from './payments.ts';

/** @param isFirst whether paying by card is the first choice */
export function CardButtons({ held, isFirst }: { held: readonly Booking[]; isFirst: boolean }) {
  const orders = [...Map.groupBy(held, ({ orderId }) => orderId)];
  return orders
    .map(([id, bookings]) => ({ id, total: totalOf(bookings) }))
    .filter(({ total }) => total > 0)
    .map(
      ({ id, total }) =>
        html`<${CardButton} key=${id} id=${id} total=${total} isFirst=${isFirst} />`,
    );
}

function CardButton({ id, total, isFirst }: { id: number; total: number; isFirst: boolean }) {
  const { t, money } = useWords();
  const [isBusy, run] = useAction();
  const pay = () => run(() => payByCard({ id }).catch(notifyProblem));
  return html`
    <button
      class="button is-wide ${isFirst ? '' : 'is-plain'}"
      type="button"
      aria-disabled=${isBusy}
      onClick=${pay}
    >${isBusy ? t.openingPage : t.payByCard(money(total, currency))}</button>
  `;
}
