/** One concert: its performances, and the form that puts another one on sale. */
import { html } from 'htm/preact';
import type { Concert, Schedule, SeatlaneOperator } from '../../../client/index.ts';
import { useQuery } from '../../hooks.ts';
import { usePages } from '../../use-pages.ts';
import { BackLink, MoreButton, QueryResult } from '../../views/parts.ts';
import { addressOf } from '../addresses.ts';
import { useBoardWords } from '../words.ts';
import { Closing } from './closing.ts';
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
                <${Performances} concert=${concert} schedules=${items} onChanged=${schedules.refetch} />
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
  concert: Concert;
  schedules: readonly Schedule[];
  onChanged(): void;
}

function Performances({ concert, schedules, onChanged }: PerformancesProps) {
  const { b } = useBoardWords();
  if (schedules.length === 0) return html`<p>${b.noPerformances}</p>`;
  return html`
    <ul class="bars">
      ${schedules.map((schedule) => html`<${Performance} key=${schedule.id} concert=${concert} schedule=${schedule} onChanged=${onChanged} />`)}
    </ul>
  `;
}

interface PerformanceProps {
  concert: Concert;
  schedule: Schedule;
  onChanged(): void;
}

function Performance({ concert, schedule, onChanged }: PerformanceProps) {
  const { b, t, number, moment } = useBoardWords();
  const { id, startAt, seatCount, saleState = 'ended', state } = schedule;
  const start = moment(startAt, concert.timeZone);
  const states = { cancelled: b.performanceCancelled, closed: b.performanceClosed };
  const isOff = state === 'cancelled' || state === 'closed';
  return html`
    <li>
      <p class="bar-title">
        <span>${start}</span>
        <span class=${isOff ? 'is-bad' : 'quiet'}>${isOff ? states[state] : b.saleStates[saleState]}</span>
      </p>
      <p class="small quiet">${t.seats(seatCount, number(seatCount))}</p>
      <p><a class="button is-plain is-small" href=${addressOf('concerts', concert.id, 'places', id)}>${b.places.open}</a></p>
      ${
        state !== 'cancelled' &&
        html`
          <${Closing}
            name=${`${concert.title}, ${start}`}
            isClosed=${state === 'closed'}
            isSmall
            close=${(seatlane: SeatlaneOperator, reason: string) => seatlane.closeSchedule(id, reason)}
            reopen=${(seatlane: SeatlaneOperator) => seatlane.reopenSchedule(id)}
            onChanged=${onChanged}
          />
          <${EditTimes} key=${JSON.stringify(schedule)} schedule=${schedule} onChanged=${onChanged} />
        `
      }
    </li>
  `;
}
