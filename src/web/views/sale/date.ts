/** The date whose seats are shown: its title, and what is read of it. */
import { html } from 'htm/preact';
import type { Concert, Schedule } from '../../../commands/schemas/resources.ts';
import { useQuery } from '../../hooks.ts';
import { admission, queueId as selectedQueue } from '../../session.ts';
import { useStore } from '../../store.ts';
import { useWords } from '../../texts.ts';

/** The names of the categories, if the hall has any. */
export function namesOf(date: Schedule | undefined): string[] {
  return date?.categories?.map(({ name }) => name) ?? [];
}

/** The date is only readable with a token of the concert's queue, so it is undefined before admission. */
export function useDate(concert: Concert | undefined, scheduleId: number): Schedule | undefined {
  const isSelected = useStore(selectedQueue) === concert?.queueId;
  const isAdmitted = useStore(admission) !== null && isSelected;
  const id = isAdmitted ? concert?.id : undefined;
  const key = id === undefined ? undefined : `date ${scheduleId} of concert ${id}`;
  return useQuery(key, async (seatlane, options) => {
    if (id === undefined) return undefined;
    for await (const date of seatlane.eachBookableSchedule(id, { ...options, limit: 100 })) {
      if (date.id === scheduleId) return date;
    }
    return undefined;
  }).body;
}

interface HallTitleProps {
  concert: Concert;
  date: Schedule | undefined;
}

export function HallTitle({ concert: { title, timeZone }, date }: HallTitleProps) {
  const { day, hour } = useWords();
  return html`
    <div class="hall-title">
      <h1 class="panel-title">${title}</h1>
      ${date && html`<p class="quiet">${day(date.startAt, timeZone)}, ${hour(date.startAt, timeZone)}</p>`}
    </div>
  `;
}
