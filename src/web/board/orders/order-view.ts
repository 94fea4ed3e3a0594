/** One order: its places, what became of it, and its refund or cancellation. */
import { html } from 'htm/preact';
import type { Order, OrderStory, StoryLine } from '../../../client/index.ts';
import { placeName } from '../../bookings.ts';
import { useQuery } from '../../hooks.ts';
import { sendOnce } from '../../send-once.ts';
import { BackLink, QueryResult } from '../../views/parts.ts';
import { addressOf } from '../addresses.ts';
import { ReasonDialog } from '../reason-dialog.ts';
import { useBoardWords } from '../words.ts';
import { StateTag } from './order-list.ts';

export function OrderView({ orderId }: { orderId: number }) {
  const { b } = useBoardWords();
  const query = useQuery(`order ${orderId}`, (seatlane, options) =>
    seatlane.orderStory(orderId, options),
  );
  return html`
    <${BackLink} to=${addressOf('orders')} text=${b.ordersPage.backToSearch} />
    <${QueryResult} query=${query}>
      ${({ order, subject, story }: OrderStory) => html`
        <${Details} order=${order} subject=${subject} onChange=${query.refetch} />
        <${Story} order=${order} story=${story} />
      `}
    <//>
  `;
}

interface DetailsProps {
  order: Order;
  subject: string;
  onChange(): void;
}

function Details({ order, subject, onChange }: DetailsProps) {
  const { b, t, number, moment } = useBoardWords();
  const { id, state, scheduleId, total, bookings, createdAt, timeZone } = order;
  const [first] = bookings;
  const at = first && moment(first.startAt, timeZone);
  return html`
    <section class="panel order-details">
      <div class="panel-head">
        <h1 class="panel-title" tabindex="-1">${b.ordersPage.number(id)}</h1>
        <${StateTag} state=${state} />
      </div>
      <p><a href=${addressOf('people', subject)}>${subject}</a> <span class="quiet small">${b.ordersPage.placed(moment(createdAt))}</span></p>
      <p><a href=${addressOf('sales', scheduleId)}>${first?.concertTitle}, ${at}</a></p>
      <div class="scroll" tabindex="0" role="region" aria-label=${b.ordersPage.places}>
        <table class="table">
          <caption class="sr">${b.ordersPage.places}</caption>
          <tbody>
            ${bookings.map(
              (booking) => html`
                <tr key=${booking.id}>
                  <th scope="row">${placeName(t, booking)}</th>
                  <td>${t.bookingState[booking.state]}</td>
                  <td>${number(booking.price)}</td>
                </tr>
              `,
            )}
            <tr>
              <th scope="row">${b.ordersPage.total}</th>
              <td></td>
              <td><b>${number(total)}</b></td>
            </tr>
          </tbody>
        </table>
      </div>
      <${End} order=${order} subject=${subject} onChange=${onChange} />
    </section>
  `;
}

/** The refund of a paid order, or the end of a hold. An order that has ended has neither. */
function End({ order, subject, onChange }: DetailsProps) {
  const words = useBoardWords().b.ordersPage;
  const { id, state } = order;
  if (state !== 'held' && state !== 'paid' && state !== 'partly-refunded') return null;
  const texts =
    state === 'held'
      ? {
          label: words.cancel,
          title: words.cancelTitle,
          text: words.cancelText(id, subject),
          confirm: words.cancelConfirm,
          done: words.cancelDone,
        }
      : {
          label: words.refund,
          title: words.refundTitle,
          text: words.refundText(id, subject),
          confirm: words.refundConfirm,
          done: words.refundDone,
        };
  const act = (reason: string) =>
    sendOnce(['cancel for user', id, reason], (seatlane, options) =>
      seatlane.cancelForUser(id, reason, options),
    );
  return html`<${ReasonDialog} ...${texts} act=${act} onDone=${onChange} />`;
}

function Story({ order, story }: Pick<OrderStory, 'order' | 'story'>) {
  const { b } = useBoardWords();
  return html`
    <section class="panel order-story">
      <h2 class="panel-title">${b.ordersPage.story}</h2>
      <ol>
        ${story.map((line, index) => html`<${Line} key=${index} line=${line} order=${order} />`)}
      </ol>
    </section>
  `;
}

function Line({ line, order }: { line: StoryLine; order: Order }) {
  const { b, t, number, moment } = useBoardWords();
  const words = b.ordersPage;
  const { at, kind, event, amount, bookingId, detail, command, who, jobId } = line;
  const booking = order.bookings.find(({ id }) => id === bookingId);
  const ended = event === 'place-ended' ? (detail as keyof typeof t.bookingState) : undefined;
  const facts = [
    amount !== null && event !== 'place-ended' && t.points(number(amount)),
    booking && placeName(t, booking),
    ended ? t.bookingState[ended] : detail,
  ].filter(Boolean);
  return html`
    <li class="story-line is-${kind}">
      <p class="quiet small">${moment(at)}</p>
      <p>${words.events[event]} ${facts.length > 0 && html`<b>${facts.join(' · ')}</b>`}</p>
      ${
        (who ?? command) !== null &&
        html`<p class="quiet small">${command} ${who !== null && words.by(who)}</p>`
      }
      ${jobId !== null && html`<p class="quiet small story-job">${words.job} ${jobId}</p>`}
    </li>
  `;
}
