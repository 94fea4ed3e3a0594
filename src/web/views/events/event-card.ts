/** A concert in the list of events: its picture, place, next date, prices, and how its sale goes. */
import { html } from 'htm/preact';
import type { SaleEvent } from '../../../client/index.ts';
import { addressOf } from '../../route.ts';
import { useWords } from '../../texts.ts';
import { Picture } from './picture.ts';
import { PriceRange } from './prices.ts';
import { SaleLine } from './sale-line.ts';

export function EventCard({ event }: { event: SaleEvent }) {
  const { t, moment } = useWords();
  const { concert, nextStartAt, dates, priceFrom, priceTo } = event;
  const prices = priceFrom === null || priceTo === null ? null : { from: priceFrom, to: priceTo };
  return html`
    <li>
      <a class="event" href=${addressOf.concert(concert.id)}>
        <${Picture} concert=${concert} />
        <span class="event-text">
          <span class="card-title">${concert.title}</span>
          ${concert.venue && html`<span class="quiet">${concert.venue}</span>`}
          <span>
            ${moment(nextStartAt, concert.timeZone)}
            ${dates > 1 && html` <span class="quiet">${t.moreDates(dates - 1)}</span>`}
          </span>
          <${PriceRange} prices=${prices} />
          <${SaleLine}
            sale=${{ ...event, startAt: event.saleStartAt, state: event.saleState }}
            isClosed=${concert.state === 'closed'}
            timeZone=${concert.timeZone}
          />
        </span>
      </a>
    </li>
  `;
}
