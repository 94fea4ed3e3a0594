/** Steers the admission: how many are let in, how many may be inside, and a pause. */
import { html } from 'htm/preact';
import { useRef, useState } from 'preact/hooks';
import type { Admission } from '../../client/index.ts';
import type { SetAdmission } from '../../commands/set-admission.ts';
import { ask } from '../api.ts';
import { tell, tellProblem } from '../news.ts';
import { useDoing } from '../reading.ts';
import { useBoardWords } from './words.ts';

const FIELDS = ['admitLimit', 'admitWindowSeconds', 'maxActive'] as const;
const MAX = { admitLimit: 1_000_000, admitWindowSeconds: 3600, maxActive: 10_000_000 };

export function AdmissionForm({ admission }: { admission: Admission }) {
  const { b } = useBoardWords();
  const [isDoing, run] = useDoing();
  const form = useRef<HTMLFormElement>(null);
  // What an operator is typing is not taken from under their hands.
  const [shown, setShown] = useState(admission);
  const isEdited = FIELDS.some((name) => {
    const field = form.current?.elements.namedItem(name) as HTMLInputElement | null | undefined;
    return field && Number(field.value) !== shown[name];
  });
  const isOld = FIELDS.some((name) => shown[name] !== admission[name]);
  if (isOld && !isEdited) setShown(admission);

  const change = (settings: SetAdmission) =>
    run(async () => {
      try {
        await ask((seatlane) => seatlane.setAdmission(settings));
        tell(() => b.changed);
      } catch (error) {
        tellProblem(error);
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
          <button class="button" aria-disabled=${isDoing}>${b.save}</button>
          <button class="link" type="button" aria-disabled=${isDoing} onClick=${reset}>${b.configured}</button>
        </div>
      </form>
      <button
        class="button is-plain"
        type="button"
        aria-disabled=${isDoing}
        onClick=${() => change({ isPaused: !admission.isPaused })}
      >${admission.isPaused ? b.resume : b.pause}</button>
    </section>
  `;
}
