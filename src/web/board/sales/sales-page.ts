/** The page of sales: `#/sales`, `#/sales/concert/ID` for its dates, and `#/sales/ID` for one performance. */
import { html } from 'htm/preact';
import type { Concert, Schedule } from '../../../client/index.ts';
import { useQuery } from '../../hooks.ts';
import { useStore } from '../../store.ts';
import { usePages } from '../../use-pages.ts';
import { BackLink } from '../../views/parts.ts';
import { addressOf } from '../addresses.ts';
import type { PageProps } from '../pages.ts';
import { PagesOf } from '../pages-of.ts';
import { figures } from '../watch.ts';
import { useBoardWords } from '../words.ts';
import { PerformanceView } from './performance.ts';

export function SalesPage({ path: [first = '', second] }: PageProps) {
  const { b } = useBoardWords();
  if (first === 'concert') return html`<${Dates} key=${second} concertId=${Number(second)} />`;
  if (/^\d+$/.test(first))
    return html`<${PerformanceView} key=${first} scheduleId=${Number(first)} />`;
  return html`<h1 class="title" tabindex="-1">${b.pages.sales}</h1><${OnSale} /><${Concerts} />`;
}

/** The newest performances on sale, as the board counts them anyway. */
function OnSale() {
  const { b, number, moment } = useBoardWords();
  const { schedules = [] } = useStore(figures) ?? {};
  if (schedules.length === 0) return null;
  return html`
    <section class="panel">
      <h2 class="panel-title">${b.salesPage.onSale}</h2>
      <ul class="link-list">
        ${schedules.map(
          ({ id, title, startAt, timeZone, sold, held, available, blocked }) => html`
            <li key=${id}>
              <a href=${addressOf('sales', id)}>${title}</a>
              <span class="quiet small">${moment(startAt, timeZone)}</span>
              <span class="small number">${b.salesPage.sold} ${number(sold)} ${b.salesPage.ofAll(number(sold + held + available + blocked))}</span>
            </li>
          `,
        )}
      </ul>
    </section>
  `;
}

function Concerts() {
  const { b } = useBoardWords();
  const pages = usePages('concerts', (seatlane, options) => seatlane.concerts(options));
  return html`
    <section class="panel">
      <h2 class="panel-title">${b.salesPage.concerts}</h2>
      <${PagesOf} pages=${pages} empty=${b.salesPage.noConcerts}>
        ${(concerts: readonly Concert[]) => html`
          <ul class="link-list">
            ${concerts.map(
              ({ id, title }) => html`
                <li key=${id}>
                  <a href=${addressOf('sales', 'concert', id)}>${title}</a>
                </li>
              `,
            )}
          </ul>
        `}
      <//>
    </section>
  `;
}

function Dates({ concertId }: { concertId: number }) {
  const { b, t, moment } = useBoardWords();
  const concert = useQuery(`concert ${concertId}`, (seatlane, options) =>
    seatlane.concert(concertId, options),
  );
  const pages = usePages(`dates of ${concertId}`, (seatlane, options) =>
    seatlane.schedules(concertId, options),
  );
  return html`
    <${BackLink} to=${addressOf('sales')} text=${b.salesPage.allSales} />
    <h1 class="title" tabindex="-1">${concert.body?.title ?? b.salesPage.dates}</h1>
    <section class="panel">
      <h2 class="panel-title">${b.salesPage.dates}</h2>
      <${PagesOf} pages=${pages} empty=${b.salesPage.noDates}>
        ${(dates: readonly Schedule[]) => html`
          <ul class="link-list">
            ${dates.map(
              ({ id, startAt, seatCount }) => html`
                <li key=${id}>
                  <a href=${addressOf('sales', id)}>${moment(startAt, concert.body?.timeZone)}</a>
                  <span class="quiet small">${t.seats(seatCount)}</span>
                </li>
              `,
            )}
          </ul>
        `}
      <//>
    </section>
  `;
}
