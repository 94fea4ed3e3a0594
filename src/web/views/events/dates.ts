/** The dates of a concert: for everybody, and for those who may choose one. */
import { html } from 'htm/preact';
import type { Concert, Draw, Schedule } from '../../../client/index.ts';
import { msUntil } from '../../clock.ts';
import { usePolling } from '../../hooks.ts';
import { addressOf } from '../../route.ts';
import { useWords } from '../../texts.ts';
import { type Pages, usePages } from '../../use-pages.ts';
import { MoreButton, QueryResult } from '../parts.ts';
import { AGAIN_MS } from './countdown.ts';
import { PriceRange } from './prices.ts';
import { SaleLine } from './sale-line.ts';

interface PublicDatesProps {
  concert: Concert;
  schedules: readonly Schedule[];
  draw: Draw | null;
}

/** What anybody may know, without links to seats. */
export function PublicDates({ concert, schedules, draw }: PublicDatesProps) {
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
                      isClosed=${concert.state === 'closed' || state === 'closed'}
                      timeZone=${timeZone}
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
  /** All dates, drawn again each second while a sale is ahead; those whose sale has not opened yet are shown below. */
  all: Pages<Schedule>;
  draw: Draw | null;
}

/** The dates that can be booked now, with links to their seats; below them those whose sale opens later, with their countdowns. */
export function BookableDates({ concert, all, draw }: BookableDatesProps) {
  const { t } = useWords();
  const dates = usePages(`bookable dates of concert ${concert.id}`, (seatlane, options) =>
    seatlane.bookableSchedules(concert.id, { ...options, limit: 100 }),
  );
  const upcoming = (all.body ?? []).filter(isUpcoming);
  usePolling(dates, AGAIN_MS, isBehind(concert, all, dates));
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
      html`
        <${PublicDates} concert=${concert} schedules=${upcoming} draw=${draw} />
        <${MoreButton} pages=${all} text=${t.laterDates} />
      `
    }
  `;
}

/** Whether a date that is on sale by now is not among those that can be booked. */
function isBehind(concert: Concert, all: Pages<Schedule>, bookable: Pages<Schedule>): boolean {
  if (concert.state === 'closed' || bookable.body === undefined || bookable.hasMore) return false;
  const found = new Set(bookable.body.map(({ id }) => id));
  return (all.body ?? []).some(
    (date) =>
      isComing(date) &&
      msUntil(date.bookingStartAt) <= 0 &&
      msUntil(date.bookingEndAt) > 0 &&
      !found.has(date.id),
  );
}

/** Whether the sale of a date has not ended, and operators have neither cancelled nor closed it. */
export const isComing = ({ saleState, state }: Schedule) =>
  saleState !== 'ended' && state !== 'cancelled' && state !== 'closed';

const isUpcoming = (date: Schedule) => date.saleState === 'upcoming' && isComing(date);

/** When the sales of these dates open that are ahead. */
export function openingsOf(concert: Concert, dates: readonly Schedule[]): string[] {
  if (concert.state === 'closed') return [];
  return dates.filter(isUpcoming).map(({ bookingStartAt }) => bookingStartAt);
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
