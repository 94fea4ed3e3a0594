/** One concert: the queue, and after admission the dates. */
import { html } from 'htm/preact';
import type { Concert, Schedule } from '../../commands/schemas/resources.ts';
import { useQuery } from '../hooks.ts';
import { addressOf } from '../route.ts';
import { useWords } from '../texts.ts';
import { Gate } from './gate.ts';
import { BackLink, QueryResult } from './parts.ts';

export function ConcertView({ concertId }: { concertId: number }) {
  const { t } = useWords();
  const query = useQuery(`concert ${concertId}`, (seatlane, options) =>
    seatlane.concert(concertId, options),
  );
  return html`
    <section class="column">
      <${BackLink} to=${addressOf.concerts} text=${t.concerts} />
      <${QueryResult} query=${query}>
        ${(concert: Concert) => html`
          <h1 class="title">${concert.title}</h1>
          ${concert.description && html`<p class="lead">${concert.description}</p>`}
          <${Gate} concertId=${concertId} queueId=${concert.queueId}><${Dates} concertId=${concertId} /><//>
        `}
      <//>
    </section>
  `;
}

function Dates({ concertId }: { concertId: number }) {
  const { t } = useWords();
  const query = useQuery(`dates of concert ${concertId}`, (seatlane, options) =>
    seatlane.bookableSchedules(concertId, { ...options, limit: 100 }),
  );
  return html`
    <h2 class="subtitle">${t.dates}</h2>
    <${QueryResult} query=${query}>
      ${({ items }: { items: Schedule[] }) =>
        items.length === 0
          ? html`<p class="note">${t.noDates}</p>`
          : html`<ul class="cards">
              ${items.map((schedule) => html`<${DateCard} key=${schedule.id} ...${schedule} />`)}
            </ul>`}
    <//>
  `;
}

function DateCard({ id, concertId, startAt, seatCount, availableCount }: Schedule) {
  const { t, number, day, hour } = useWords();
  const stock =
    availableCount === 0
      ? t.none
      : t.available(number(availableCount ?? seatCount), number(seatCount));
  return html`
    <li>
      <a class="card" href=${addressOf.seats(concertId, id)}>
        <span class="card-text">
          <span class="card-title">${day(startAt)}</span>
          <span class="quiet">${hour(startAt)} · ${stock}</span>
        </span>
        <span class="card-arrow" aria-hidden="true">→</span>
      </a>
    </li>
  `;
}
