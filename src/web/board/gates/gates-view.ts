/** The page of the gates: opens one for a performance, and lists the scans that were refused too late. */
import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import type { CallOptions, Concert, Schedule, SeatlaneOperator } from '../../../client/index.ts';
import { serverNow } from '../../clock.ts';
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
    (seatlane, options) => allSchedules(seatlane, concertId as number, options),
  );
  if (concerts.length === 0) return html`<p class="note">${b.noConcerts}</p>`;
  const concert = concerts.find(({ id }) => id === concertId);
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
        ${(items: readonly Schedule[]) => html`
          <${Performances}
            timeZone=${concert?.timeZone}
            schedules=${items}
            chosen=${chosenOf(items, scheduleId)?.id}
            onChoose=${setScheduleId}
          />
        `}
      <//>
    </section>
    <${QueryResult} query=${query}>
      ${(items: readonly Schedule[]) => {
        const schedule = chosenOf(items, scheduleId);
        if (!schedule || !concert) return html`<p class="note">${b.noPerformances}</p>`;
        return html`
          <${GateForm} key=${`form ${schedule.id}`} schedule=${schedule} concert=${concert} />
          <${RefusedScans} key=${`scans ${schedule.id}`} scheduleId=${schedule.id} />
        `;
      }}
    <//>
  `;
}

/** All performances, also those that are over: their refused scans are listed. A musical has some hundreds. */
async function allSchedules(
  seatlane: SeatlaneOperator,
  concertId: number,
  options: CallOptions,
): Promise<Schedule[]> {
  const found: Schedule[] = [];
  for await (const each of seatlane.eachSchedule(concertId, { ...options, limit: 100 })) {
    found.push(each);
  }
  return found;
}

/** How long after its start a performance counts as the present one, in ms. */
const PRESENT_MS = 6 * 3_600_000;

/** The chosen performance; without a choice the present or next one, or else the last. */
function chosenOf(
  schedules: readonly Schedule[],
  scheduleId: number | undefined,
): Schedule | undefined {
  const begin = serverNow() - PRESENT_MS;
  return (
    schedules.find(({ id }) => id === scheduleId) ??
    schedules.find(({ startAt }) => Date.parse(startAt) > begin) ??
    schedules.at(-1)
  );
}

interface PerformancesProps {
  /** Of the venue. */
  timeZone: string | undefined;
  schedules: readonly Schedule[];
  chosen: number | undefined;
  onChoose(scheduleId: number): void;
}

function Performances({ timeZone, schedules, chosen, onChoose }: PerformancesProps) {
  const {
    b: { gates: b },
    moment,
  } = useBoardWords();
  const choose = (event: Event) => onChoose(Number((event.target as HTMLSelectElement).value));
  return html`
    <label class="field">
      <span>${b.performance}</span>
      <select onChange=${choose} value=${chosen}>
        ${schedules.map(({ id, startAt }) => html`<option key=${id} value=${id}>${moment(startAt, timeZone)} (${id})</option>`)}
      </select>
    </label>
  `;
}
