/** The form that changes admission: its rate, the maximum of active users, and a pause. */
import { html } from 'htm/preact';
import { useRef, useState } from 'preact/hooks';
import type { Admission } from '../../../client/index.ts';
import type { SetAdmission } from '../../../commands/queue/set-admission.ts';
import { callApi } from '../../api.ts';
import { useAction } from '../../hooks.ts';
import { notify, notifyProblem } from '../../notifications.ts';
import { ConfirmButton } from '../confirm-button.ts';
import { RATE_FIELDS, RateFields } from '../queues/rate-fields.ts';
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
  // New values from the server must not overwrite what the operator is typing.
  const [shown, setShown] = useState(admission);
  const isEdited = RATE_FIELDS.some((each) => {
    const field = form.current?.elements.namedItem(each) as HTMLInputElement | null | undefined;
    return field && Number(field.value) !== shown[each];
  });
  const isOld = RATE_FIELDS.some((each) => shown[each] !== admission[each]);
  if (isOld && !isEdited) setShown(admission);

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
    change(Object.fromEntries(RATE_FIELDS.map((each) => [each, Number(given.get(each))])));
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
