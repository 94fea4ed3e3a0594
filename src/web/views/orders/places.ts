/** The places of an order. A live one can be given back by itself, or all of them together; the page asks before. */
import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import type { Order } from '../../../client/index.ts';
import type { Booking } from '../../../commands/schemas/resources.ts';
import {
  cancel,
  cancelOrder,
  placeName,
  readBalance,
  readBookings,
  stateOf,
  totalOf,
} from '../../bookings.ts';
import { settings } from '../../cards/payments.ts';
import { secondsUntil } from '../../clock.ts';
import { useAction } from '../../hooks.ts';
import { notify, notifyProblem } from '../../notifications.ts';
import { type PaidWay, refundEnd } from '../../orders/refund-rules.ts';
import { useWords } from '../../texts.ts';
import { Ask } from './ask.ts';

export interface PlacesProps {
  order: Order;
  /** How it was paid; undefined if it was not, or is not known yet. */
  way: PaidWay | undefined;
  refetch(): void;
}

/** What can be given back: one place, or all that are left. */
interface GivenBack {
  places: readonly Booking[];
  send(): Promise<unknown>;
}

export function Places({ order, way, refetch }: PlacesProps) {
  const { t, moment } = useWords();
  const [asked, setAsked] = useState<number | 'all' | null>(null);
  const state = stateOf(order);
  const isHeld = state === 'held';
  const live = order.bookings.filter((each) => each.state === (isHeld ? 'held' : 'paid'));
  const [{ startAt }] = order.bookings as [Booking];
  const end = refundEnd(startAt, settings.cancelUntilHours);
  const until = t.refundUntil(moment(end, order.timeZone));
  const canGiveBack = isHeld || (way !== undefined && secondsUntil(end) > 0);
  const close = () => setAsked(null);
  const ask = (given: GivenBack) =>
    html`<${AskToGiveBack} isHeld=${isHeld} way=${way} until=${until} ...${given} close=${close} refetch=${refetch} />`;
  return html`
    <section>
      <h2 class="subtitle">${t.yourPlaces}</h2>
      <ul class="lines">
        ${order.bookings.map(
          (booking) => html`
            <li key=${booking.id}>
              <${PlaceLine}
                booking=${booking}
                way=${way}
                isOver=${state === 'expired'}
                isAsked=${asked === booking.id}
                ask=${canGiveBack && live.includes(booking) && (() => setAsked(booking.id))}
              />
              ${asked === booking.id && ask({ places: [booking], send: () => cancel(booking) })}
            </li>
          `,
        )}
      </ul>
      ${
        canGiveBack &&
        live.length > 1 &&
        (asked === 'all'
          ? ask({ places: live, send: () => cancelOrder(order) })
          : html`<button class="link" type="button" onClick=${() => setAsked('all')}>${isHeld ? t.giveBack : t.refundAll}</button>`)
      }
    </section>
  `;
}

interface PlaceLineProps {
  booking: Booking;
  way: PaidWay | undefined;
  /** Whether the hold has expired, which the API may not have noted yet. */
  isOver: boolean;
  isAsked: boolean;
  /** Asks whether to give it back; false if that is not possible. */
  ask: (() => void) | false;
}

function PlaceLine({ booking, way, isOver, isAsked, ask }: PlaceLineProps) {
  const { t, amountText } = useWords();
  const name = placeName(t, booking);
  const isHeld = booking.state === 'held';
  const state = isHeld && isOver ? 'expired' : booking.state;
  const isEnded = state !== 'held' && state !== 'paid';
  return html`
    <p class="line-item ${isEnded ? 'is-over' : ''}">
      <span>${name} ${isEnded && html`<span class="tag is-${state}">${t.bookingState[state]}</span>`}</span>
      <span class="number">${amountText(booking.price, way?.currency ?? null)}</span>
      ${
        ask &&
        html`<button
          class="link"
          type="button"
          aria-label=${isHeld ? t.giveBackPlace(name) : t.refundOf(name)}
          aria-expanded=${isAsked}
          onClick=${ask}
        >${isHeld ? t.giveBackNow : t.refund}</button>`
      }
    </p>
  `;
}

interface AskToGiveBackProps extends GivenBack {
  isHeld: boolean;
  way: PaidWay | undefined;
  /** Until when that is possible, as a sentence. */
  until: string;
  close(): void;
  refetch(): void;
}

/** Says what comes back, and where to. */
function AskToGiveBack(props: AskToGiveBackProps) {
  const { places, send, isHeld, way, until, close, refetch } = props;
  const { t, amountText } = useWords();
  const [isBusy, run] = useAction();
  const total = totalOf(places);
  const amount = amountText(total, way?.currency ?? null);
  const method = way?.method ?? 'points';
  const confirm = () =>
    run(async () => {
      try {
        await send();
        notify(({ t: texts }) =>
          isHeld || total === 0 ? texts.cancelled : texts.refunded[method](amount),
        );
        // What was given back is given back, whether or not these can be read now. The bookings say whether anything is held still.
        await Promise.allSettled([readBalance(), readBookings()]);
      } catch (error) {
        notifyProblem(error, confirm);
      }
      close();
      refetch();
    });
  const [first] = places as [Booking];
  const one = isHeld ? t.askGiveBackOne : t.askRefund(placeName(t, first));
  const all = isHeld ? t.askGiveBackAll : t.askRefundAll(places.length);
  const back = total === 0 ? t.nothingBack : t.comesBack[method](amount);
  return html`
    <${Ask}
      title=${places.length === 1 ? one : all}
      details=${isHeld ? [] : [back, t.ticketEnds(places.length), until]}
      confirmText=${isBusy ? t.refunding : isHeld || total === 0 ? t.giveBackNow : t.refundNow(amount)}
      isBusy=${isBusy}
      confirm=${confirm}
      cancel=${close}
    />
  `;
}
