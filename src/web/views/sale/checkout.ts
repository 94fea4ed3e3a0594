/** The user's holds: remaining time, places, price, rules of refunds, payment. An order is paid and given back as a whole. */
import { html } from 'htm/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Booking } from '../../../commands/schemas/resources.ts';
import {
  balance,
  cancelOrders,
  justPaid,
  payOrders,
  readBalance,
  readBookings,
  totalOf,
} from '../../bookings.ts';
import { CardButtons } from '../../cards/card-button.ts';
import { hasCards, isChargingOpen } from '../../cards/payments.ts';
import { useAction } from '../../hooks.ts';
import { notify, notifyProblem } from '../../notifications.ts';
import { endAdmission, refreshEntry } from '../../queue-entry.ts';
import { addressOf } from '../../route.ts';
import { useStore } from '../../store.ts';
import { useWords } from '../../texts.ts';
import { Ask } from '../orders/ask.ts';
import { RefundRules } from '../orders/rules.ts';
import { useConcert } from '../use-concert.ts';
import { ChargeForm } from './charge-form.ts';
import { HeldOrder } from './held-order.ts';
import { HoldClock } from './hold-clock.ts';

type SetBookings = (change: Booking[] | ((before: Booking[]) => Booking[])) => void;

export interface CheckoutProps {
  /** At least one, of one performance. */
  held: readonly Booking[];
  setBookings: SetBookings;
}

export function Checkout({ held, setBookings }: CheckoutProps) {
  const { t, number } = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const [first] = held as [Booking];
  const concert = useConcert(first.concertId).body;
  const orders = [...Map.groupBy(held, ({ orderId }) => orderId)];
  const ends = held.map(({ holdExpiresAt }) => holdExpiresAt).toSorted();
  const refetch = () => readBookings().then(setBookings, notifyProblem);
  return html`
    <section class="panel side-panel checkout">
      <h2 class="panel-title" tabindex="-1" ref=${heading}>${t.heldTitle}</h2>
      <${HoldClock} until=${ends[0]} />
      ${orders.map(
        ([id, places]) => html`
          <${HeldOrder} key=${id} id=${id} held=${places} isNumbered=${orders.length > 1} refetch=${refetch} />
        `,
      )}
      <p class="total"><span>${t.total}</span> <strong class="number">${t.points(number(totalOf(held)))}</strong></p>
      <${RefundRules} startAt=${first.startAt} timeZone=${concert?.timeZone} />
      <${Payment} held=${held} refetch=${refetch} />
      <${GiveBackAll} held=${held} refetch=${refetch} />
    </section>
  `;
}

interface HeldProps {
  held: readonly Booking[];
  refetch(): Promise<void>;
}

/** Points or card. Without enough points, paying by card is the first choice. */
function Payment({ held, refetch }: HeldProps) {
  const { t, number } = useWords();
  const [isBusy, run] = useAction();
  const have = useStore(balance);
  useEffect(() => {
    readBalance().catch(notifyProblem);
  }, []);
  const total = totalOf(held);
  const missing = Math.max(0, total - (have ?? 0));
  const isMissing = have !== undefined && missing > 0;
  const payAll = (places: readonly Booking[] = held) => run(() => pay(places, refetch, payAll));
  return html`
    ${
      have !== undefined &&
      html`<p class="total quiet"><span>${t.balance}</span> <span class="number">${t.points(number(have))}</span></p>`
    }
    ${
      isMissing && (isChargingOpen || !hasCards)
        ? html`<p class="missing">${t.missing(number(missing))}</p>`
        : null
    }
    ${isMissing && isChargingOpen ? html`<${AddPoints} amount=${missing} />` : null}
    ${
      isMissing
        ? null
        : html`<button class="button is-wide" type="button" aria-disabled=${isBusy} onClick=${() => payAll()}>
            ${isBusy ? t.paying : t.pay(number(total))}
          </button>`
    }
    ${hasCards && html`<${CardButtons} held=${held} isFirst=${isMissing} />`}
  `;
}

/** Paying by card is the easier way, so where that is possible, the form is folded away. */
function AddPoints({ amount }: { amount: number }) {
  const { t } = useWords();
  const form = html`<${ChargeForm} amount=${amount} />`;
  if (!hasCards) return form;
  return html`<details class="more"><summary>${t.charge}</summary>${form}</details>`;
}

function GiveBackAll({ held, refetch }: HeldProps) {
  const { t } = useWords();
  const [isAsked, setAsked] = useState(false);
  const [isBusy, run] = useAction();
  const giveBack = (places: readonly Booking[] = held) =>
    run(async () => {
      const failures = await cancelOrders(places);
      const [failure] = failures;
      const left = failures.flatMap((each) => each.held);
      if (failure) notifyProblem(failure.problem, () => giveBack(left));
      else notify((words) => words.t.cancelled);
      setAsked(false);
      await refetch();
    });
  if (!isAsked) {
    return html`<button class="link" type="button" onClick=${() => setAsked(true)}>${t.giveBack}</button>`;
  }
  return html`
    <${Ask}
      title=${t.askGiveBackAll}
      confirmText=${t.giveBackNow}
      isBusy=${isBusy}
      confirm=${() => giveBack()}
      cancel=${() => setAsked(false)}
    />
  `;
}

/** @param retry pays what was not paid */
async function pay(
  held: readonly Booking[],
  refetch: () => Promise<void>,
  retry: (unpaid: readonly Booking[]) => void,
): Promise<void> {
  const failures = await payOrders(held);
  await readBalance().catch(() => undefined);
  const [failure] = failures;
  if (failure) {
    notifyProblem(failure.problem, () => retry(failures.flatMap((each) => each.held)));
    return refetch();
  }
  const paid = [...new Set(held.map(({ orderId }) => orderId))];
  justPaid.set(paid);
  location.hash = paid.length === 1 ? addressOf.order(paid[0] as number) : addressOf.orders;
  // Another order may still be held; then the session goes on.
  await refreshEntry().catch(endAdmission);
}
