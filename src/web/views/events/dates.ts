/** The dates of a concert: for everybody, and for those who may choose one. */
import { html } from 'htm/preact';
import type { Concert, Draw, Schedule } from '../../../client/index.ts';
import { addressOf } from '../../route.ts';
import { useWords } from '../../texts.ts';
import { usePages } from '../../use-pages.ts';
import { MoreButton, QueryResult } from '../parts.ts';
import { PriceRange } from './prices.ts';
import { SaleLine } from './sale-line.ts';

interface PublicDatesProps {
  concert: Concert;
  schedules: readonly Schedule[];
  draw: Draw | null;
  refetch(): void;
}

/** What anybody may know, without links to seats. */
export function PublicDates({ concert, schedules, draw, refetch }: PublicDatesProps) {
  const { t, day, hour } = useWords();
  const { timeZone } = concert;
  const sale = {
    how: draw ? ('draw' as const) : ('queue' as const),
    drawAt: draw?.opensAt ?? null,
  };
  return html`
    <ul class="cards">
      ${schedules.map(
        ({ id, startAt, bookingStartAt, saleState = 'ended', state, prices }) => html`
          <li class="card is-still" key=${id}>
            <span class="card-text">
              <span class="card-title">${day(startAt, timeZone)}</span>
              <span class="quiet">${hour(startAt, timeZone)}</span>
              <${PriceRange} prices=${prices} />
              ${
                state === 'cancelled'
                  ? html`<span class="sale-line is-bad">${t.performanceCancelled}</span>`
                  : html`<${SaleLine}
                      sale=${{ ...sale, startAt: bookingStartAt, state: saleState }}
                      isClosed=${concert.state === 'closed'}
                      timeZone=${timeZone}
                      onOpened=${refetch}
                    />`
              }
            </span>
          </li>
        `,
      )}
    </ul>
  `;
}

interface BookableDatesProps {
  concert: Concert;
  /** The dates whose sale has not opened yet. */
  upcoming: readonly Schedule[];
  draw: Draw | null;
  /** The sale of one of them has opened. */
  onOpened(): void;
}

/** The dates that can be booked now, with links to their seats; below them those whose sale opens later, with their countdowns. */
export function BookableDates({ concert, upcoming, draw, onOpened }: BookableDatesProps) {
  const { t } = useWords();
  const dates = usePages(`bookable dates of concert ${concert.id}`, (seatlane, options) =>
    seatlane.bookableSchedules(concert.id, { ...options, limit: 100 }),
  );
  const reread = () => {
    dates.refetch();
    onOpened();
  };
  return html`
    <h2 class="subtitle">${t.chooseDate}</h2>
    <${QueryResult} query=${dates}>
      ${(items: readonly Schedule[]) =>
        items.length === 0
          ? html`<p class="note">${t.noDates}</p>`
          : html`<ul class="cards">
              ${items.map((schedule) => html`<${DateCard} key=${schedule.id} concert=${concert} schedule=${schedule} />`)}
            </ul>`}
    <//>
    <${MoreButton} pages=${dates} text=${t.laterDates} />
    ${
      upcoming.length > 0 &&
      html`<${PublicDates} concert=${concert} schedules=${upcoming} draw=${draw} refetch=${reread} />`
    }
  `;
}

function DateCard({ concert, schedule }: { concert: Concert; schedule: Schedule }) {
  const { t, number, day, hour } = useWords();
  const { id, startAt, seatCount, availableCount, prices } = schedule;
  const stock =
    availableCount === 0
      ? t.none
      : t.available(number(availableCount ?? seatCount), number(seatCount));
  return html`
    <li>
      <a class="card" href=${addressOf.seats(concert.id, id)}>
        <span class="card-text">
          <span class="card-title">${day(startAt, concert.timeZone)}</span>
          <span class="quiet">${hour(startAt, concert.timeZone)} · ${stock}</span>
          <${PriceRange} prices=${prices} />
        </span>
        <span class="card-arrow" aria-hidden="true">→</span>
      </a>
    </li>
  `;
}
