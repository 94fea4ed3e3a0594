/** One concert: its performances, and the form that puts another one on sale. */
import { html } from 'htm/preact';
import type { Concert, Schedule } from '../../../client/index.ts';
import { useQuery } from '../../hooks.ts';
import { usePages } from '../../use-pages.ts';
import { BackLink, MoreButton, QueryResult } from '../../views/parts.ts';
import { addressOf } from '../addresses.ts';
import { useBoardWords } from '../words.ts';
import { EditConcert } from './edit-concert.ts';
import { EditTimes } from './edit-times.ts';
import { ScheduleForm } from './schedule-form.ts';

export function ConcertDetails({ concertId }: { concertId: number }) {
  const { b, t } = useBoardWords();
  const query = useQuery(`concert ${concertId}`, (seatlane, options) =>
    seatlane.concert(concertId, options),
  );
  const schedules = usePages(`performances of concert ${concertId}`, (seatlane, options) =>
    seatlane.schedules(concertId, { ...options, limit: 100 }),
  );
  return html`
    <${BackLink} to=${addressOf('concerts')} text=${b.allConcerts} />
    <${QueryResult} query=${query}>
      ${(concert: Concert) => html`
        <h1 class="title" tabindex="-1">${concert.title}</h1>
        ${concert.description && html`<p class="lead">${concert.description}</p>`}
        <div class="board-grid">
          <section class="panel">
            <h2 class="panel-title">${b.performances}</h2>
            <${QueryResult} query=${schedules}>
              ${(items: readonly Schedule[]) => html`
                <${Performances}
                  timeZone=${concert.timeZone}
                  schedules=${items}
                  onChanged=${schedules.refetch}
                />
                <${MoreButton} pages=${schedules} text=${t.laterDates} />
              `}
            <//>
          </section>
          <${EditConcert} concert=${concert} onChanged=${query.refetch} />
          <${ScheduleForm} concertId=${concertId} onCreated=${schedules.refetch} />
        </div>
      `}
    <//>
  `;
}

interface PerformancesProps {
  /** Of the venue, if it is known. */
  timeZone: string | undefined;
  schedules: readonly Schedule[];
  onChanged(): void;
}

function Performances({ timeZone, schedules, onChanged }: PerformancesProps) {
  const { b, t, number, moment } = useBoardWords();
  if (schedules.length === 0) return html`<p>${b.noPerformances}</p>`;
  return html`
    <ul class="bars">
      ${schedules.map((schedule) => {
        const { id, concertId, startAt, seatCount, saleState = 'ended', state } = schedule;
        return html`
          <li key=${id}>
            <p class="bar-title">
              <span>${moment(startAt, timeZone)}</span>
              <span class=${state === 'cancelled' ? 'is-bad' : 'quiet'}>
                ${state === 'cancelled' ? b.performanceCancelled : b.saleStates[saleState]}
              </span>
            </p>
            <p class="small quiet">${t.seats(seatCount, number(seatCount))}</p>
            <p><a class="button is-plain is-small" href=${addressOf('concerts', concertId, 'places', id)}>${b.places.open}</a></p>
            ${state !== 'cancelled' && html`<${EditTimes} key=${JSON.stringify(schedule)} schedule=${schedule} onChanged=${onChanged} />`}
          </li>
        `;
      })}
    </ul>
  `;
}
