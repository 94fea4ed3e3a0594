/** The draws of a queue: announced, moved and cancelled per concert. */
import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import type { Concert, Draw, SeatlaneOperator } from '../../../client/index.ts';
import { callApi, codeOf } from '../../api.ts';
import { serverNow } from '../../clock.ts';
import { useAction, useQuery, useTick } from '../../hooks.ts';
import { notify, notifyProblem } from '../../notifications.ts';
import { QueryResult } from '../../views/parts.ts';
import { ConfirmButton } from '../confirm-button.ts';
import { deviceZone, localTime, toIso } from '../local-time.ts';
import { useBoardWords } from '../words.ts';
import { drawState } from './draw-state.ts';
import { ownDraw, type ShownDraws } from './own-draw.ts';

/** More concerts of one queue than an operator would search through in a list. */
const CONCERTS_MAX = 50;

export function Draws({ queueId }: { queueId: number }) {
  const { b } = useBoardWords();
  const query = useQuery(`concerts of queue ${queueId}`, async (seatlane, options) => {
    const { concertIds } = await seatlane.queueById(queueId, options);
    const newest = concertIds.toSorted((one, other) => other - one).slice(0, CONCERTS_MAX);
    return Promise.all(newest.map((id) => seatlane.concert(id, options)));
  });
  return html`
    <section class="panel">
      <h2 class="panel-title">${b.draw}</h2>
      <${QueryResult} query=${query}>
        ${(concerts: Concert[]) => concerts.length > 0 && html`<${ChosenDraw} concerts=${concerts} />`}
      <//>
    </section>
  `;
}

function ChosenDraw({ concerts }: { concerts: readonly [Concert, ...Concert[]] }) {
  const { b } = useBoardWords();
  const [concert, choose] = useState(concerts[0]);
  const onChange = (event: Event) => {
    const { value } = event.target as HTMLSelectElement;
    choose(concerts.find(({ id }) => id === Number(value)) ?? concerts[0]);
  };
  const query = useQuery(`draw of concert ${concert.id}`, (seatlane, options) =>
    seatlane.draw(concert.id, options).catch((error) => {
      if (codeOf(error) === 'DRAW_NOT_FOUND') return null;
      throw error;
    }),
  );
  return html`
    ${
      concerts.length > 1 &&
      html`<label class="field">
          <span>${b.drawOf}</span>
          <select onChange=${onChange}>
            ${concerts.map(({ id, title }) => html`<option key=${id} value=${id}>${title}</option>`)}
          </select>
        </label>`
    }
    <${QueryResult} query=${query}>
      ${(draw: Draw | null) => html`
        <${DrawOf}
          key=${`${concert.id} ${draw?.id}`}
          concert=${concert}
          ...${ownDraw(draw, concert.id)}
          titleOf=${(id: number) => concerts.find((other) => other.id === id)?.title ?? `${id}`}
          refetch=${query.refetch}
        />
      `}
    <//>
  `;
}

interface DrawOfProps extends ShownDraws {
  concert: Concert;
  /** The title of a concert; its id if it is not in the list. */
  titleOf(concertId: number): string;
  refetch(): void;
}

function DrawOf({ concert, own: draw, foreign, titleOf, refetch }: DrawOfProps) {
  const { b } = useBoardWords();
  const [isBusy, run] = useAction();
  useTick();
  const state = draw && drawState(draw, serverNow());
  const act = (call: (seatlane: SeatlaneOperator) => Promise<unknown>, done: string) =>
    run(async () => {
      try {
        await callApi(call);
        notify(() => done);
      } catch (error) {
        notifyProblem(error);
      }
      refetch();
    });
  const isAhead = state === 'announced' || state === 'gathering';
  const ofQueue = foreign && {
    title: titleOf(foreign.concertId),
    state: drawState(foreign, serverNow()),
  };
  return html`
    ${ofQueue && html`<p>${b.drawOfOtherConcert(ofQueue.title)}</p><${DrawFacts} draw=${foreign} state=${ofQueue.state} />`}
    ${draw && state && html`<${DrawFacts} draw=${draw} state=${state} />`}
    ${!draw && !foreign && html`<p>${b.noDraw}</p>`}
    ${
      state !== 'drawing' &&
      html`<${DrawForm}
          draw=${isAhead ? draw : null}
          isBusy=${isBusy}
          onSubmit=${(times: { gathersAt: string; opensAt: string }) =>
            isAhead
              ? act((seatlane) => seatlane.moveDraw(concert.id, times), b.drawMoved)
              : act((seatlane) => seatlane.announceDraw(concert.id, times), b.drawAnnounced)}
        />`
    }
    ${
      isAhead &&
      html`<${ConfirmButton}
          label=${b.cancelDraw}
          question=${b.cancelDrawQuestion(concert.title)}
          consequence=${b.cancelDrawConsequence}
          action=${b.cancelDraw}
          isBusy=${isBusy}
          onConfirm=${() => act((seatlane) => seatlane.cancelDraw(concert.id), b.drawCancelled)}
        />`
    }
  `;
}

function DrawFacts({ draw, state }: { draw: Draw; state: ReturnType<typeof drawState> }) {
  const { b, moment, number } = useBoardWords();
  return html`
    <p role="status"><strong>${b.drawStates[state]}</strong></p>
    <dl class="facts">
      <dt>${b.gathersAt}</dt><dd>${moment(draw.gathersAt)}</dd>
      <dt>${b.opensAt}</dt><dd>${moment(draw.opensAt)}</dd>
      <dt>${b.seedHash}</dt><dd><code>${draw.seedHash}</code></dd>
      ${draw.seed !== null && html`<dt>${b.seed}</dt><dd><code>${draw.seed}</code></dd>`}
    </dl>
    ${draw.places !== null && html`<p>${b.drawnPlaces(number(draw.places))}</p>`}
  `;
}

interface DrawFormProps {
  /** The draw that is moved; null to announce one. */
  draw: Draw | null;
  isBusy: boolean;
  onSubmit(times: { gathersAt: string; opensAt: string }): void;
}

function DrawForm({ draw, isBusy, onSubmit }: DrawFormProps) {
  const { b } = useBoardWords();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const given = new FormData(event.target as HTMLFormElement);
    // A time that was not touched stays as it is, also its milliseconds: while users gather, the start of it cannot move.
    const timeOf = (name: 'gathersAt' | 'opensAt') => {
      const value = given.get(name);
      return draw && value === localTime(draw[name]) ? draw[name] : toIso(value);
    };
    onSubmit({ gathersAt: timeOf('gathersAt'), opensAt: timeOf('opensAt') });
  };
  const fields = { gathersAt: b.gathersAt, opensAt: b.opensAt };
  return html`
    <form class="form" onSubmit=${submit}>
      ${Object.entries(fields).map(
        ([name, label]) => html`
          <label class="field" key=${name}>
            <span>${label}</span>
            <input
              name=${name}
              type="datetime-local"
              step="1"
              required
              defaultValue=${draw ? localTime(draw[name as keyof typeof fields]) : undefined}
            />
          </label>
        `,
      )}
      <p class="quiet small">${b.inYourZone(deviceZone())}</p>
      <button class="button is-plain" aria-disabled=${isBusy}>${draw ? b.moveDraw : b.announceDraw}</button>
    </form>
  `;
}
