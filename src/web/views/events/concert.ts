/** One concert: what it is, its dates and prices for everybody, and the queue; after admission the dates to choose from. */
import { html } from 'htm/preact';
import type { Concert, Draw, Page, Schedule } from '../../../client/index.ts';
import { codeOf } from '../../api.ts';
import { type Query, useQuery } from '../../hooks.ts';
import { addressOf } from '../../route.ts';
import { admission, queueId as selectedQueue } from '../../session.ts';
import { useStore } from '../../store.ts';
import { useWords } from '../../texts.ts';
import { BackLink, QueryResult } from '../parts.ts';
import { Gate } from '../queue/gate.ts';
import { useConcert } from '../use-concert.ts';
import { BookableDates, PublicDates } from './dates.ts';
import { Picture } from './picture.ts';

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
  const dates = useQuery(`dates of concert ${id}`, (seatlane, options) =>
    seatlane.schedules(id, { ...options, limit: 100 }),
  );
  const draw = useDraw(id);
  if (isAdmitted) {
    return html`<${Gate} concertId=${id} queueId=${queueId}><${BookableDates} concert=${concert} /><//>`;
  }
  return html`
    <h2 class="subtitle">${t.dates}</h2>
    <${QueryResult} query=${dates}>
      ${({ items }: Page<Schedule>) => {
        const coming = items.filter(
          ({ saleState, state }) => saleState !== 'ended' && state !== 'cancelled',
        );
        // Before the dates are known a queue may gather already.
        const isOnSale = (items.length === 0 || coming.length > 0) && concert.state !== 'closed';
        return html`
          <${PublicDates} concert=${concert} schedules=${items} draw=${draw.body ?? null} refetch=${dates.refetch} />
          ${items.length === 0 && html`<p class="note">${t.noDates}</p>`}
          ${
            isOnSale
              ? html`<${Gate} concertId=${id} queueId=${queueId}><${BookableDates} concert=${concert} /><//>`
              : html`<p class="note">${concert.state === 'closed' ? t.saleClosed : t.noDates}</p>`
          }
        `;
      }}
    <//>
  `;
}

/** The draw that is to come; null without one. */
function useDraw(concertId: number): Query<Draw | null> {
  return useQuery(`draw of concert ${concertId}`, (seatlane, options) =>
    seatlane.draw(concertId, options).then(
      (draw) => (draw.cancelledAt === null && draw.drawnAt === null ? draw : null),
      (error) => {
        if (codeOf(error) === 'DRAW_NOT_FOUND') return null;
        throw error;
      },
    ),
  );
}
