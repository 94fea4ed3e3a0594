/** The form that changes admission: its rate, the maximum of active users, and a pause. */
import { html } from 'htm/preact';
import { useRef, useState } from 'preact/hooks';
import type { Admission } from '../../client/index.ts';
import type { SetAdmission } from '../../commands/queue/set-admission.ts';
import { callApi } from '../api.ts';
import { useAction } from '../hooks.ts';
import { notify, notifyProblem } from '../notifications.ts';
import { useBoardWords } from './words.ts';

const FIELDS = ['admitLimit', 'admitWindowSeconds', 'maxActive'] as const;
const MAX = { admitLimit: 1_000_000, admitWindowSeconds: 3600, maxActive: 10_000_000 };

export function AdmissionForm({ admission }: { admission: Admission }) {
  const { b } = useBoardWords();
  const [isBusy, run] = useAction();
  const form = useRef<HTMLFormElement>(null);
  // New values from the server must not overwrite what the operator is typing.
  const [shown, setShown] = useState(admission);
  const isEdited = FIELDS.some((name) => {
    const field = form.current?.elements.namedItem(name) as HTMLInputElement | null | undefined;
    return field && Number(field.value) !== shown[name];
  });
  const isOld = FIELDS.some((name) => shown[name] !== admission[name]);
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
    change(Object.fromEntries(FIELDS.map((name) => [name, Number(given.get(name))])));
  };
  const reset = () => {
    form.current?.reset();
    change({ admitLimit: null, admitWindowSeconds: null, maxActive: null });
  };
  const labels = { admitLimit: b.limit, admitWindowSeconds: b.window, maxActive: b.maxActive };
  return html`
    <section class="panel board-admission">
      <h2 class="panel-title">${b.admission}</h2>
      <form class="form" onSubmit=${submit} ref=${form}>
        ${FIELDS.map(
          (name) => html`
            <label class="field" key=${`${name} ${shown[name]}`}>
              <span>${labels[name]}</span>
              <input
                name=${name}
                type="number"
                inputmode="numeric"
                min="1"
                max=${MAX[name]}
                required
                defaultValue=${shown[name]}
              />
            </label>
          `,
        )}
        <div class="buttons">
          <button class="button" aria-disabled=${isBusy}>${b.save}</button>
          <button class="link" type="button" aria-disabled=${isBusy} onClick=${reset}>${b.configured}</button>
        </div>
      </form>
      <button
        class="button is-plain"
        type="button"
        aria-disabled=${isBusy}
        onClick=${() => change({ isPaused: !admission.isPaused })}
      >${admission.isPaused ? b.resume : b.pause}</button>
    </section>
  `;
}
