/** The user's holds: remaining time, price, payment, cancellation. */
import { html } from 'htm/preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Booking } from '../../commands/schemas/resources.ts';
import {
  balance,
  cancelOrders,
  payOrders,
  placeName,
  readBalance,
  readBookings,
  totalOf,
} from '../bookings.ts';
import { CardButtons } from '../cards/card-button.ts';
import { hasCards, isChargingOpen } from '../cards/payments.ts';
import { secondsUntil } from '../clock.ts';
import { useAction } from '../hooks.ts';
import { notify, notifyProblem } from '../notifications.ts';
import { endAdmission, refreshEntry } from '../queue-entry.ts';
import { addressOf } from '../route.ts';
import { useStore } from '../store.ts';
import { clockFace, useWords } from '../texts.ts';
import { justPaid } from './bookings.ts';
import { ChargeForm } from './charge-form.ts';

type SetBookings = (change: Booking[] | ((before: Booking[]) => Booking[])) => void;

export function Checkout({
  held,
  setBookings,
}: {
  held: readonly Booking[];
  setBookings: SetBookings;
}) {
  const { t, number } = useWords();
  const [isBusy, run] = useAction();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const have = useStore(balance);
  useEffect(() => {
    readBalance().catch(notifyProblem);
  }, []);
  const total = totalOf(held);
  const missing = Math.max(0, total - (have ?? 0));
  const isMissing = have !== undefined && missing > 0;
  const payAll = () => run(() => pay(held, setBookings));
  const cancelAll = () => run(() => cancelHolds(held, setBookings));
  return html`
    <section class="panel side-panel checkout">
      <h2 class="panel-title" tabindex="-1" ref=${heading}>${t.heldTitle}</h2>
      <${HoldClock} held=${held} />
      <ul class="lines">
        ${held.map(
          (booking) => html`
            <li class="line-item" key=${booking.id}>
              <span>${placeName(t, booking)}</span>
              <span class="number">${number(booking.price)}</span>
            </li>
          `,
        )}
      </ul>
      <p class="total"><span>${t.total}</span> <strong class="number">${t.points(number(total))}</strong></p>
      ${
        have !== undefined &&
        html`<p class="total quiet"><span>${t.balance}</span> <span class="number">${t.points(number(have))}</span></p>`
      }
      ${
        isMissing && (isChargingOpen || !hasCards)
          ? html`<p class="missing">${t.missing(number(missing))}</p>`
          : null
      }
      ${isMissing && isChargingOpen ? html`<${ChargeForm} amount=${missing} />` : null}
      ${
        isMissing
          ? null
          : html`<button class="button is-wide" type="button" aria-disabled=${isBusy} onClick=${payAll}>
              ${isBusy ? t.paying : t.pay(number(total))}
            </button>`
      }
      ${hasCards && html`<${CardButtons} held=${held} isFirst=${isMissing} />`}
      <button class="link" type="button" aria-disabled=${isBusy} onClick=${cancelAll}>${t.giveBack}</button>
    </section>
  `;
}

/** The remaining time of the hold that expires first. */
function HoldClock({ held }: { held: readonly Booking[] }) {
  const { t } = useWords();
  const left = Math.min(...held.map(({ holdExpiresAt }) => secondsUntil(holdExpiresAt)));
  const isSpoken = left === 60 || left === 30;
  return html`
    <p class="hold-clock ${left <= 60 ? 'is-short' : ''}">
      <span>${t.heldFor}</span> <time role="timer">${clockFace(left)}</time>
      <span class="sr" aria-live="polite">${isSpoken ? t.heldLeft(t.seconds(left)) : ''}</span>
    </p>
  `;
}

async function pay(held: readonly Booking[], setBookings: SetBookings): Promise<void> {
  const [refusal] = await payOrders(held);
  await readBalance().catch(() => undefined);
  if (refusal) {
    notifyProblem(refusal);
    return readBookings().then(setBookings, notifyProblem);
  }
  justPaid.set(true);
  location.hash = addressOf.bookings;
  // Another order may still be held; then the session goes on.
  await refreshEntry().catch(endAdmission);
}

async function cancelHolds(held: readonly Booking[], setBookings: SetBookings): Promise<void> {
  const [refusal] = await cancelOrders(held);
  if (refusal) notifyProblem(refusal);
  else notify(({ t }) => t.cancelled);
  await readBookings().then(setBookings, notifyProblem);
}
