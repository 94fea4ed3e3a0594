/** The form that puts a performance on sale: its times, and its seats: rows and areas, or those of a hall. */
import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { useAction } from '../../hooks.ts';
import { notify, notifyProblem } from '../../notifications.ts';
import { sendOnce } from '../../send-once.ts';
import { deviceZone, toIso } from '../local-time.ts';
import { useBoardWords } from '../words.ts';
import {
  type AreaDraft,
  NO_HALL,
  type RangeDraft,
  toHallSchedule,
  toNewSchedule,
} from './drafts.ts';
import { HallChoice } from './hall-choice.ts';
import { TIMES, TimeFields } from './time-fields.ts';
import { NEW_RANGE, TypedPlaces } from './typed-places.ts';

interface ScheduleFormProps {
  concertId: number;
  onCreated(): void;
}

export function ScheduleForm({ concertId, onCreated }: ScheduleFormProps) {
  const { b } = useBoardWords();
  const [isBusy, run] = useAction();
  const [ranges, setRanges] = useState<RangeDraft[]>([NEW_RANGE]);
  const [areas, setAreas] = useState<AreaDraft[]>([]);
  const [isOfHall, setOfHall] = useState(false);
  const [hall, setHall] = useState(NO_HALL);
  const [isEmpty, setEmpty] = useState(false);
  const startAgain = () => {
    setRanges([NEW_RANGE]);
    setAreas([]);
    setOfHall(false);
    setHall(NO_HALL);
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const isNothing = !isOfHall && ranges.length + areas.length === 0;
    setEmpty(isNothing);
    if (isNothing) return;
    const form = event.target as HTMLFormElement;
    const given = new FormData(form);
    const [startAt, endAt, bookingStartAt, bookingEndAt] = TIMES.map((name) =>
      toIso(given.get(name)),
    ) as [string, string, string, string];
    const times = { startAt, endAt, bookingStartAt, bookingEndAt };
    run(async () => {
      try {
        const schedule = isOfHall
          ? toHallSchedule(times, hall)
          : toNewSchedule(times, ranges, areas);
        if (!schedule) return;
        await sendOnce(['create schedule', concertId, schedule], (seatlane, options) =>
          seatlane.createSchedule(concertId, schedule, options),
        );
        notify(() => b.performanceCreated);
        // Otherwise the second press of a double click would create the performance again.
        form.reset();
        startAgain();
        onCreated();
      } catch (error) {
        notifyProblem(error);
      }
    });
  };
  return html`
    <section class="panel board-wide">
      <h2 class="panel-title">${b.newPerformance}</h2>
      <form class="form" onSubmit=${submit}>
        <${TimeFields} />
        <p class="quiet small">${b.inYourZone(deviceZone())}</p>
        <${SourceChoice} isOfHall=${isOfHall} onChange=${setOfHall} />
        ${
          isOfHall
            ? html`<${HallChoice} draft=${hall} onChange=${setHall} />`
            : html`<${TypedPlaces} ranges=${ranges} setRanges=${setRanges} areas=${areas} setAreas=${setAreas} />`
        }
        ${isEmpty && !isOfHall && html`<p class="is-bad" role="alert">${b.nothingToSell}</p>`}
        <button class="button" aria-disabled=${isBusy}>${b.createPerformance}</button>
      </form>
    </section>
  `;
}

interface SourceChoiceProps {
  isOfHall: boolean;
  onChange(isOfHall: boolean): void;
}

function SourceChoice({ isOfHall, onChange }: SourceChoiceProps) {
  const { b } = useBoardWords();
  const choice = (value: boolean, text: string) => html`
    <label class="hall-choice">
      <input type="radio" name="source" checked=${isOfHall === value} onChange=${() => onChange(value)} />
      ${text}
    </label>
  `;
  return html`
    <fieldset class="line-group">
      <legend>${b.fromHall.source}</legend>
      <div class="buttons">${choice(false, b.fromHall.typed)} ${choice(true, b.fromHall.ofHall)}</div>
    </fieldset>
  `;
}
