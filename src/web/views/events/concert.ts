/** One concert: what it is, its dates and prices for everybody, and the queue; after admission the dates to choose from. */
import { html } from 'htm/preact';
import { useMemo } from 'preact/hooks';
import type { Concert, Draw, Schedule } from '../../../client/index.ts';
import { codeOf } from '../../api.ts';
import { serverNow } from '../../clock.ts';
import { type Query, useQuery } from '../../hooks.ts';
import { addressOf } from '../../route.ts';
import { admission, queueId as selectedQueue } from '../../session.ts';
import { useStore } from '../../store.ts';
import { useWords } from '../../texts.ts';
import { type Pages, usePages } from '../../use-pages.ts';
import { BackLink, MoreButton, QueryResult } from '../parts.ts';
import { Gate } from '../queue/gate.ts';
import { useConcert } from '../use-concert.ts';
import { useOpenings } from './countdown.ts';
import { BookableDates, isComing, openingsOf, PublicDates } from './dates.ts';
import { Picture } from './picture.ts';
import { concernsSale } from './sale-draw.ts';

export function ConcertView({ concertId }: { concertId: number }) {
  const { t } = useWords();
  const query = useConcert(concertId);
  return html`
    <section class="column">
      <${BackLink} to=${addressOf.concerts} text=${t.concerts} />
      <${QueryResult} query=${query}>
        ${(concert: Concert) => html`
          <${Picture} concert=${concert} />
          <h1 class="title" tabindex="-1">${concert.title}</h1>
          ${concert.venue && html`<p class="venue">${concert.venue}</p>`}
          ${concert.description && html`<p class="lead">${concert.description}</p>`}
          <${Sale} concert=${concert} />
        `}
      <//>
    </section>
  `;
}

/** The dates are for everybody; only those who want to buy have to queue, and only while there is something to buy. */
function Sale({ concert }: { concert: Concert }) {
  const { t } = useWords();
  const { id, queueId } = concert;
  const isSelected = useStore(selectedQueue) === queueId;
  const isAdmitted = useStore(admission) !== null && isSelected;
  const dates = useDates(id);
  const known = useDraw(id).body;
  const draw = known && concernsSale(known, id, serverNow()) ? known : null;
  useOpenings(dates, openingsOf(concert, dates.body ?? []));
  const gate = html`
    <${Gate} concertId=${id} queueId=${queueId}>
      <${BookableDates} concert=${concert} all=${dates} draw=${draw} />
    <//>
  `;
  if (isAdmitted) return gate;
  return html`
    <h2 class="subtitle">${t.dates}</h2>
    <${QueryResult} query=${dates}>
      ${(items: readonly Schedule[]) => {
        // Before the dates are known a queue may gather already.
        const isOnSale = (items.length === 0 || items.some(isComing)) && concert.state !== 'closed';
        return html`
          <${PublicDates} concert=${concert} schedules=${items} draw=${draw} />
          <${MoreButton} pages=${dates} text=${t.laterDates} />
          ${items.length === 0 && html`<p class="note">${t.noDates}</p>`}
          ${isOnSale ? gate : html`<p class="note">${concert.state === 'closed' ? t.saleClosed : t.noDates}</p>`}
        `;
      }}
    <//>
  `;
}

/** How long a date is shown after its start, in ms. Visitors who are late still look it up. */
const SHOWN_MS = 86_400_000;

/** The dates that are not long over; of a concert that is over the first hundred. */
function useDates(concertId: number): Pages<Schedule> {
  const from = useMemo(() => new Date(serverNow() - SHOWN_MS), []);
  return usePages(`dates of concert ${concertId}`, async (seatlane, options) => {
    const page = await seatlane.schedules(concertId, { ...options, from, limit: 100 });
    if (page.items.length > 0 || options.cursor !== undefined) return page;
    const { items } = await seatlane.schedules(concertId, { ...options, limit: 100 });
    return { items, nextCursor: null };
  });
}

/** The draw of the concert, or of another concert of its queue; null without one. */
function useDraw(concertId: number): Query<Draw | null> {
  return useQuery(`draw of concert ${concertId}`, (seatlane, options) =>
    seatlane.draw(concertId, options).catch((error) => {
      if (codeOf(error) === 'DRAW_NOT_FOUND') return null;
      throw error;
    }),
  );
}
