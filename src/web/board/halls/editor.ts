/** The editor of a hall: it checks what it is given, shows the plan, and saves it as a new hall or as a new version. */
import { html } from 'htm/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Hall, HallVersion, Plan } from '../../../client/api/catalogue/halls.ts';
import { problemOf } from '../../api.ts';
import { useAction } from '../../hooks.ts';
import { notify, notifyProblem } from '../../notifications.ts';
import { sendOnce } from '../../send-once.ts';
import { BackLink } from '../../views/parts.ts';
import { addressOf } from '../addresses.ts';
import { useBoardWords } from '../words.ts';
import { Faults } from './faults.ts';
import { type Checked, check, firstGiven, type Given } from './given.ts';
import { PlanFigures } from './plan-figures.ts';
import { NEW_LINE, SeatFields } from './seat-fields.ts';

interface HallEditorProps {
  /** The hall that is changed; undefined for a new one. */
  base?: { hall: Hall; version: HallVersion };
  /** Reads the hall again. */
  onReload?(): void;
}

export function HallEditor({ base, onReload }: HallEditorProps) {
  const { b } = useBoardWords();
  const [name, setName] = useState('');
  const [given, setGiven] = useState(() => firstGiven(base?.version.plan, NEW_LINE));
  const [checked, setChecked] = useState<Checked>();
  const change = (part: Partial<Given>) => {
    setGiven({ ...given, ...part });
    setChecked(undefined);
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const result = check(given, base?.version.plan);
    setChecked(result);
    if (result.plan && name === '' && result.name) setName(result.name);
  };
  const back = base ? addressOf('halls', base.hall.id) : addressOf('halls');
  const title = base?.hall.name ?? (name || b.halls.newTitle);
  return html`
    <${BackLink} to=${back} text=${base?.hall.name ?? b.allHalls} />
    <h1 class="title" tabindex="-1">${base ? b.halls.editTitle(base.hall.name) : b.halls.newTitle}</h1>
    <form class="panel form hall-panel" onSubmit=${submit}>
      <${SeatFields} given=${given} onChange=${change} />
      <button class="button is-plain">${b.halls.check}</button>
    </form>
    ${checked?.faults && html`<${Faults} faults=${checked.faults} />`}
    ${
      checked?.plan &&
      html`<${Preview} title=${title} plan=${checked.plan}>
          <${Save} base=${base?.hall} name=${name} onName=${setName} plan=${checked.plan} onReload=${onReload} />
        <//>`
    }
  `;
}

interface PreviewProps {
  title: string;
  plan: Plan;
  children: unknown;
}

function Preview({ title, plan, children }: PreviewProps) {
  const { b } = useBoardWords();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [plan]);
  return html`
    <section class="panel hall-panel">
      <h2 class="panel-title" tabindex="-1" ref=${heading}>${b.halls.preview}</h2>
      <p class="quiet">${b.halls.previewWhy}</p>
      <${PlanFigures} name=${title} plan=${plan} />
      ${children}
    </section>
  `;
}

const createHall = (name: string, plan: Plan) =>
  sendOnce(['create hall', name, plan], (seatlane, options) =>
    seatlane.createHall({ name, plan }, options),
  );

const saveHall = ({ id, version: baseVersion }: Hall, plan: Plan) =>
  sendOnce(['save hall', id, baseVersion, plan], (seatlane, options) =>
    seatlane.saveHall(id, { baseVersion, plan }, options),
  );

interface SaveProps {
  base: Hall | undefined;
  name: string;
  onName(name: string): void;
  plan: Plan;
  onReload?(): void;
}

/** Says what to do if somebody else has saved the hall meanwhile. */
function Save({ base, name, onName, plan, onReload }: SaveProps) {
  const { b } = useBoardWords();
  const [isBusy, run] = useAction();
  const [newest, setNewest] = useState<string>();
  const save = (event: SubmitEvent) => {
    event.preventDefault();
    run(async () => {
      try {
        const { id, version } = await (base ? saveHall(base, plan) : createHall(name.trim(), plan));
        notify(() => b.halls.saved(version));
        location.hash = addressOf('halls', id);
      } catch (error) {
        const problem = problemOf(error);
        if (problem?.is('HALL_CHANGED')) setNewest(String(problem.problem.version ?? ''));
        else notifyProblem(error);
      }
    });
  };
  if (newest !== undefined)
    return html`
      <div class="note" role="alert">
        <p>${b.halls.changed(newest)}</p>
        <p>${b.halls.reloadWhy}</p>
        <button class="button" type="button" onClick=${onReload}>${b.halls.reload}</button>
      </div>
    `;
  return html`
    <form class="form" onSubmit=${save}>
      ${
        !base &&
        html`<label class="field">
            <span>${b.halls.name}</span>
            <input
              name="name"
              required
              maxlength="200"
              autocomplete="off"
              pattern=".*\\S.*"
              value=${name}
              onInput=${({ target }: Event) => onName((target as HTMLInputElement).value)}
            />
          </label>`
      }
      <button class="button" aria-disabled=${isBusy}>${base ? b.halls.saveVersion : b.halls.save}</button>
    </form>
  `;
}
