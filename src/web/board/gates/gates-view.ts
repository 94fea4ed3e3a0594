/** The page of the gates: opens one for a performance, and lists the scans that were refused too late. */
import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import type { Concert, Schedule } from '../../../client/index.ts';
import { useQuery } from '../../hooks.ts';
import { QueryResult } from '../../views/parts.ts';
import { useBoardWords } from '../words.ts';
import { GateForm } from './gate-form.ts';
import { RefusedScans } from './refused-scans.ts';

/** The newest ones; operators open gates for what is near. */
const CONCERTS_MAX = 100;

export function GatesView() {
  const { b } = useBoardWords();
  const query = useQuery('concerts with gates', (seatlane, options) =>
    seatlane.concerts({ ...options, limit: CONCERTS_MAX }),
  );
  return html`
    <h1 class="title" tabindex="-1">${b.pages.gates}</h1>
    <${QueryResult} query=${query}>
      ${({ items }: { items: Concert[] }) => html`<${OfConcerts} concerts=${items} />`}
    <//>
  `;
}

function OfConcerts({ concerts }: { concerts: readonly Concert[] }) {
  const {
    b: { gates: b },
  } = useBoardWords();
  const [concertId, setConcertId] = useState(concerts[0]?.id);
  const [scheduleId, setScheduleId] = useState<number | undefined>(undefined);
  const query = useQuery(
    concertId === undefined ? undefined : `dates of concert ${concertId}`,
    (seatlane, options) => seatlane.schedules(concertId as number, { ...options, limit: 100 }),
  );
  if (concerts.length === 0) return html`<p class="note">${b.noConcerts}</p>`;
  const chooseConcert = (event: Event) => {
    setConcertId(Number((event.target as HTMLSelectElement).value));
    setScheduleId(undefined);
  };
  return html`
    <section class="panel gates-choice">
      <label class="field">
        <span>${b.concert}</span>
        <select onChange=${chooseConcert} value=${concertId}>
          ${concerts.map(({ id, title }) => html`<option key=${id} value=${id}>${title} (${id})</option>`)}
        </select>
      </label>
      <${QueryResult} query=${query}>
        ${({ items }: { items: Schedule[] }) => html`
          <${Performances} schedules=${items} chosen=${scheduleId} onChoose=${setScheduleId} />
        `}
      <//>
    </section>
    <${QueryResult} query=${query}>
      ${({ items }: { items: Schedule[] }) => {
        const schedule = items.find(({ id }) => id === scheduleId) ?? items[0];
        const concert = concerts.find(({ id }) => id === concertId);
        if (!schedule || !concert) return html`<p class="note">${b.noPerformances}</p>`;
        return html`
          <${GateForm} key=${`form ${schedule.id}`} schedule=${schedule} concert=${concert} />
          <${RefusedScans} key=${`scans ${schedule.id}`} scheduleId=${schedule.id} />
        `;
      }}
    <//>
  `;
}

interface PerformancesProps {
  schedules: readonly Schedule[];
  chosen: number | undefined;
  onChoose(scheduleId: number): void;
}

function Performances({ schedules, chosen, onChoose }: PerformancesProps) {
  const {
    b: { gates: b },
    moment,
  } = useBoardWords();
  const choose = (event: Event) => onChoose(Number((event.target as HTMLSelectElement).value));
  return html`
    <label class="field">
      <span>${b.performance}</span>
      <select onChange=${choose} value=${chosen ?? schedules[0]?.id}>
        ${schedules.map(({ id, startAt }) => html`<option key=${id} value=${id}>${moment(startAt)} (${id})</option>`)}
      </select>
    </label>
  `;
}
