/** The form that moves a performance, or the end of its sale. */
import { html } from 'htm/preact';
import type { Schedule } from '../../../client/index.ts';
import { deviceZone, localTime, toIso } from '../local-time.ts';
import { useBoardWords } from '../words.ts';
import { useAct } from './act.ts';
import { TIMES, TimeFields } from './time-fields.ts';

interface EditTimesProps {
  schedule: Schedule;
  onChanged(): void;
}

export function EditTimes({ schedule, onChanged }: EditTimesProps) {
  const { b } = useBoardWords();
  const [isBusy, act] = useAct(onChanged);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const given = new FormData(event.target as HTMLFormElement);
    // A field shows whole seconds: one that was not touched must not cut off the rest.
    const changed = TIMES.filter((name) => given.get(name) !== localTime(schedule[name]));
    const times = Object.fromEntries(changed.map((name) => [name, toIso(given.get(name))]));
    act((seatlane) => seatlane.editSchedule(schedule.id, times), b.timesChanged);
  };
  return html`
    <details>
      <summary class="small">${b.editTimes}</summary>
      <form class="form" onSubmit=${submit}>
        <${TimeFields} times=${schedule} />
        <p class="quiet small">${b.inYourZone(deviceZone())} ${b.editTimesWhy}</p>
        <button class="button is-plain is-small" aria-disabled=${isBusy}>${b.saveTimes}</button>
      </form>
    </details>
  `;
}
