/** What operators change of a concert: what it says about itself, its picture, and whether its sale is closed. */
import { html } from 'htm/preact';
import type { Concert, SeatlaneOperator } from '../../../client/index.ts';
import { notify } from '../../notifications.ts';
import { useBoardWords } from '../words.ts';
import { type Act, useAct } from './act.ts';
import { Closing } from './closing.ts';
import { readPicture } from './picture-file.ts';

interface EditConcertProps {
  concert: Concert;
  onChanged(): void;
}

export function EditConcert({ concert, onChanged }: EditConcertProps) {
  const { b } = useBoardWords();
  const [isBusy, act] = useAct(onChanged);
  const isClosed = concert.state === 'closed';
  return html`
    <section class="panel">
      <h2 class="panel-title">${b.editConcert}</h2>
      <${Fields} concert=${concert} isBusy=${isBusy} act=${act} />
      <${Picture} concert=${concert} isBusy=${isBusy} act=${act} />
      ${isClosed && html`<p class="is-bad">${b.isClosed}</p>`}
      <${Closing}
        name=${concert.title}
        isClosed=${isClosed}
        close=${(seatlane: SeatlaneOperator, reason: string) => seatlane.closeConcert(concert.id, reason)}
        reopen=${(seatlane: SeatlaneOperator) => seatlane.reopenConcert(concert.id)}
        onChanged=${onChanged}
      />
    </section>
  `;
}

interface PartProps {
  concert: Concert;
  isBusy: boolean;
  act: Act;
}

function Fields({ concert, isBusy, act }: PartProps) {
  const { b } = useBoardWords();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const given = new FormData(event.target as HTMLFormElement);
    const text = (name: string) => String(given.get(name)).trim();
    const wanted = {
      title: text('title'),
      description: text('description') || null,
      venue: text('venue') || null,
      timeZone: text('timeZone'),
    };
    act(
      (seatlane) => seatlane.editConcert(concert.id, changesOf(wanted, textsOf(concert))),
      b.concertChanged,
    );
  };
  return html`
    <form class="form" onSubmit=${submit} key=${JSON.stringify(textsOf(concert))}>
      <label class="field">
        <span>${b.concertTitle}</span>
        <input name="title" required maxlength="200" autocomplete="off" pattern=".*\\S.*" defaultValue=${concert.title} />
      </label>
      <label class="field">
        <span>${b.concertDescription}</span>
        <textarea name="description" rows="4" maxlength="10000" defaultValue=${concert.description ?? ''} />
      </label>
      <label class="field">
        <span>${b.venue}</span>
        <input name="venue" maxlength="200" autocomplete="off" defaultValue=${concert.venue ?? ''} />
      </label>
      <label class="field">
        <span>${b.timeZone}</span>
        <input name="timeZone" required maxlength="60" list="time-zones" autocomplete="off" defaultValue=${concert.timeZone ?? 'UTC'} />
      </label>
      <datalist id="time-zones">
        ${Intl.supportedValuesOf('timeZone').map((zone) => html`<option key=${zone} value=${zone} />`)}
      </datalist>
      <button class="button" aria-disabled=${isBusy}>${b.saveConcert}</button>
    </form>
  `;
}

/** The texts of the form, as the API has them. */
const textsOf = ({ title, description, venue, timeZone }: Concert) => ({
  title,
  description: description ?? null,
  venue: venue ?? null,
  timeZone: timeZone ?? 'UTC',
});

/** What differs. Texts that another operator has changed meanwhile stay as they are. */
function changesOf<Texts extends object>(wanted: Texts, shown: Texts): Partial<Texts> {
  const fields = Object.keys(wanted) as (keyof Texts)[];
  const changed = fields.filter((field) => wanted[field] !== shown[field]);
  return Object.fromEntries(changed.map((field) => [field, wanted[field]])) as Partial<Texts>;
}

function Picture({ concert, isBusy, act }: PartProps) {
  const { b } = useBoardWords();
  const choose = async (event: Event) => {
    const input = event.target as HTMLInputElement;
    const [file] = input.files ?? [];
    if (!file || isBusy) return;
    const image = await readPicture(file);
    input.value = '';
    if (!image) return notify(() => b.noPicture, 'problem');
    act((seatlane) => seatlane.setConcertImage(concert.id, image), b.pictureChanged);
  };
  return html`
    ${concert.image && html`<img class="picture" src=${concert.image} alt=${b.pictureOf(concert.title)} width="320" height="180" />`}
    <label class="field">
      <span>${b.picture}</span>
      <input type="file" accept="image/jpeg,image/png,image/webp" aria-describedby="picture-hint" onChange=${choose} />
    </label>
    <p class="quiet small" id="picture-hint">${b.pictureHint}</p>
  `;
}
