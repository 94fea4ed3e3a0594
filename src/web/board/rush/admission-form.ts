/** The form that changes admission: its rate, the maximum of active users, and a pause. */
import { html } from 'htm/preact';
import { useRef, useState } from 'preact/hooks';
import type { Admission } from '../../../client/index.ts';
import type { SetAdmission } from '../../../commands/queue/set-admission.ts';
import { callApi } from '../../api.ts';
import { useAction } from '../../hooks.ts';
import { notify, notifyProblem } from '../../notifications.ts';
import { ConfirmButton } from '../confirm-button.ts';
import { RATE_FIELDS, type RateField, RateFields } from '../queues/rate-fields.ts';
import { useBoardWords } from '../words.ts';

interface AdmissionFormProps {
  admission: Admission;
  /** The name of the queue, for the question whether to pause it. */
  name: string;
}

export function AdmissionForm({ admission, name }: AdmissionFormProps) {
  const { b } = useBoardWords();
  const [isBusy, run] = useAction();
  const form = useRef<HTMLFormElement>(null);
  // New values from the server must not overwrite what the operator is typing. What was saved is no longer being typed.
  const [shown, setShown] = useState(admission);
  const isEdited = (each: RateField) => {
    const field = form.current?.elements.namedItem(each) as HTMLInputElement | null | undefined;
    return field && ![shown[each], admission[each]].includes(Number(field.value));
  };
  const old = RATE_FIELDS.filter((each) => shown[each] !== admission[each] && !isEdited(each));
  if (old.length > 0) {
    setShown({ ...shown, ...Object.fromEntries(old.map((each) => [each, admission[each]])) });
  }

  const { queueId } = admission;
  const change = (settings: Omit<SetAdmission, 'queueId'>) =>
    run(async () => {
      try {
        await callApi((seatlane) => seatlane.setAdmission({ ...settings, queueId }));
        notify(() => b.changed);
      } catch (error) {
        notifyProblem(error);
      }
    });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const given = new FormData(event.target as HTMLFormElement);
    const edited = RATE_FIELDS.filter((each) => Number(given.get(each)) !== admission[each]);
    // What others change meanwhile stays as they set it.
    change(Object.fromEntries(edited.map((each) => [each, Number(given.get(each))])));
  };
  const reset = () => {
    form.current?.reset();
    change({ admitLimit: null, admitWindowSeconds: null, maxActive: null });
  };
  return html`
    <section class="panel board-admission">
      <h2 class="panel-title">${b.admission}</h2>
      <form class="form" onSubmit=${submit} ref=${form}>
        <${RateFields} shown=${shown} waiting=${admission.waiting} isRequired />
        <div class="buttons">
          <button class="button" aria-disabled=${isBusy}>${b.save}</button>
          <button class="link" type="button" aria-disabled=${isBusy} onClick=${reset}>${b.configured}</button>
        </div>
      </form>
      ${
        admission.isPaused
          ? html`<button
              class="button is-plain"
              type="button"
              aria-disabled=${isBusy}
              onClick=${() => change({ isPaused: false })}
            >${b.resume}</button>`
          : html`<${ConfirmButton}
              label=${b.pause}
              question=${b.pauseQuestion(name)}
              consequence=${b.pauseConsequence}
              action=${b.pauseNow}
              isBusy=${isBusy}
              onConfirm=${() => change({ isPaused: true })}
            />`
      }
    </section>
  `;
}
