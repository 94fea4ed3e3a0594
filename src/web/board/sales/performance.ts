/** The sales of one performance: figures, over time, by section and price category, and what an operator can do. */
import { html } from 'htm/preact';
import type { Sales } from '../../../client/index.ts';
import { callApi } from '../../api.ts';
import { type Query, useAction, usePolling, useQuery } from '../../hooks.ts';
import { notifyProblem } from '../../notifications.ts';
import { BackLink, QueryResult } from '../../views/parts.ts';
import { addressOf } from '../addresses.ts';
import { saveFile } from '../save-file.ts';
import { useBoardWords } from '../words.ts';
import { CancelPerformance, Progress } from './cancellation.ts';
import { Groups } from './groups.ts';
import { Series } from './series.ts';

/** How often the figures are read again while the page is visible, in ms. */
const AGAIN_MS = 5000;

export function PerformanceView({ scheduleId }: { scheduleId: number }) {
  const query = useQuery(`sales ${scheduleId}`, (seatlane, options) =>
    seatlane.sales(scheduleId, options),
  );
  usePolling(query, AGAIN_MS);
  return html`
    <${QueryResult} query=${query}>
      ${(sales: Sales) => html`<${Performance} sales=${sales} query=${query} />`}
    <//>
  `;
}

function Performance({ sales, query }: { sales: Sales; query: Query<Sales> }) {
  const { b, moment } = useBoardWords();
  const { scheduleId, concertId, concertTitle, startAt, cancelledAt, cancelReason } = sales;
  const concert = useQuery(`concert ${concertId}`, (seatlane, options) =>
    seatlane.concert(concertId, options),
  );
  const timeZone = concert.body?.timeZone;
  return html`
    <${BackLink} to=${addressOf('sales', 'concert', concertId)} text=${concertTitle} />
    <div class="queue-title">
      <h1 class="title" tabindex="-1">${concertTitle}</h1>
      <p class="quiet">${moment(startAt, timeZone)}</p>
    </div>
    ${
      cancelledAt !== null &&
      html`<p class="note is-bad">${b.salesPage.cancelledSince(moment(cancelledAt))}: ${cancelReason}</p>`
    }
    ${cancelledAt !== null && html`<${Progress} scheduleId=${scheduleId} />`}
    <${Figures} sales=${sales} />
    <div class="buttons">
      <a class="button is-plain is-small" href=${addressOf('orders', `scheduleId=${scheduleId}`)}>${b.salesPage.toOrders}</a>
      <a class="button is-plain is-small" href=${addressOf('concerts', concertId, 'places', scheduleId)}>${b.places.open}</a>
      <${Download} scheduleId=${scheduleId} />
      ${cancelledAt === null && html`<${CancelPerformance} sales=${sales} timeZone=${timeZone} onDone=${query.refetch} />`}
    </div>
    <${Series} scheduleId=${scheduleId} version=${sales.revenue + sales.refunded} />
    <${Groups} scheduleId=${scheduleId} version=${JSON.stringify(sales)} />
  `;
}

function Figures({ sales }: { sales: Sales }) {
  const { b, number } = useBoardWords();
  const words = b.salesPage;
  const { seats, areas, orders, revenue, refunded, entered } = sales;
  const sum = (of: (area: Sales['areas'][number]) => number) =>
    areas.reduce((all, area) => all + of(area), 0);
  const sold = seats.sold + sum((area) => area.sold);
  const held = seats.held + sum((area) => area.held);
  const available = seats.available + sum((area) => area.available);
  const all = sold + held + available + seats.blocked;
  const figures: [label: string, value: number, aside?: string][] = [
    [words.sold, sold, words.ofAll(number(all))],
    [words.held, held],
    [words.available, available],
    [words.blocked, seats.blocked],
    [words.orders, orders],
    [words.revenue, revenue, words.inPoints],
    [words.refunded, refunded, words.net(number(revenue - refunded))],
    [words.entered, entered, words.ofAll(number(sold))],
  ];
  return html`
    <section aria-label=${words.figures}>
      <dl class="figures sales-figures">
        ${figures.map(
          ([label, value, aside]) => html`
            <div class="figure" key=${label}>
              <dt class="figure-label">${label}</dt>
              <dd class="figure-value">${number(value)} ${aside && html`<span class="figure-aside">${aside}</span>`}</dd>
            </div>
          `,
        )}
      </dl>
    </section>
  `;
}

/** A link to the API would lack the access token, so the page reads the file and offers it as a download. */
function Download({ scheduleId }: { scheduleId: number }) {
  const { b } = useBoardWords();
  const [isBusy, run] = useAction();
  const save = () =>
    run(async () => {
      try {
        const csv = await callApi((seatlane) => seatlane.ordersCsv(scheduleId));
        // Spreadsheets take a file without this mark for one of another encoding.
        saveFile(`orders-${scheduleId}.csv`, `\uFEFF${csv}`, 'text/csv');
      } catch (error) {
        notifyProblem(error);
      }
    });
  return html`<button class="button is-plain is-small" type="button" aria-disabled=${isBusy} onClick=${save}>${b.salesPage.download}</button>`;
}
