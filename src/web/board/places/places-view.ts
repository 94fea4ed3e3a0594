/** The page where operators block and release the seats of one performance. It needs no queue token. */
import { html } from 'htm/preact';
import type { Concert, Schedule, SeatlaneOperator } from '../../../client/index.ts';
import type { CallOptions } from '../../../client/options.ts';
import type { Seat } from '../../../commands/schemas/resources.ts';
import { useQuery } from '../../hooks.ts';
import { BackLink, QueryResult } from '../../views/parts.ts';
import { addressOf } from '../addresses.ts';
import { useBoardWords } from '../words.ts';
import { Places } from './places.ts';

interface Found {
  concert: Concert;
  /** undefined if the concert has no such performance */
  schedule: Schedule | undefined;
  seats: readonly Seat[];
}

export function PlacesView({ concertId, scheduleId }: { concertId: number; scheduleId: number }) {
  const query = useQuery(`places of ${scheduleId}`, async (seatlane, options): Promise<Found> => {
    const [concert, schedule] = await Promise.all([
      seatlane.concert(concertId, options),
      findSchedule(seatlane, { concertId, scheduleId }, options),
    ]);
    const seats = schedule ? await seatlane.seats(scheduleId, options) : [];
    return { concert, schedule, seats };
  });
  return html`
    <${QueryResult} query=${query}>${(found: Found) => html`<${Performance} ...${found} />`}<//>
  `;
}

async function findSchedule(
  seatlane: SeatlaneOperator,
  { concertId, scheduleId }: { concertId: number; scheduleId: number },
  options: CallOptions,
): Promise<Schedule | undefined> {
  for await (const schedule of seatlane.eachSchedule(concertId, { ...options, limit: 100 })) {
    if (schedule.id === scheduleId) return schedule;
  }
  return undefined;
}

function Performance({ concert, schedule, seats }: Found) {
  const { b, moment } = useBoardWords();
  return html`
    <${BackLink} to=${addressOf('concerts', concert.id)} text=${concert.title} />
    <h1 class="title" tabindex="-1">${b.places.open}</h1>
    ${schedule && html`<p class="lead">${concert.title}, ${moment(schedule.startAt, concert.timeZone)}</p>`}
    ${schedule?.state === 'cancelled' && html`<p class="note is-bad">${b.places.cancelled}</p>`}
    ${!schedule && html`<p class="note is-bad">${b.places.notFound}</p>`}
    ${schedule && seats.length === 0 && html`<p class="note">${b.places.noSeats}</p>`}
    ${schedule && seats.length > 0 && html`<${Places} title=${concert.title} schedule=${{ ...schedule, timeZone: concert.timeZone }} seats=${seats} />`}
  `;
}
