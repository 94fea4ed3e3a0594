/** The operators' board: live figures of the sale, and the admission controls. */
import { html } from 'htm/preact';
import { useMemo } from 'preact/hooks';
import type { Admission, WaitingQueue } from '../../client/index.ts';
import { codeOf } from '../api.ts';
import { Notifications, problemText } from '../notifications.ts';
import { user } from '../session.ts';
import { useStore } from '../store.ts';
import { setLanguage } from '../texts.ts';
import { AdmissionForm } from './admission-form.ts';
import {
  admittedPerWindow,
  commandRates,
  latencies,
  type Reading,
  ratesByCommand,
  readingsOf,
} from './history.ts';
import { QueueTable, QueueTitle } from './queues.ts';
import { RefundList } from './refunds.ts';
import { Figure } from './sparkline.ts';
import { CancellationList, CommandTable, LaneList, SeatBars } from './tables.ts';
import { figures, history, isTokenNeeded, lastError } from './watch.ts';
import { useBoardWords } from './words.ts';

export function Board() {
  const { t } = useBoardWords();
  const readings = useStore(history);
  const isSignedIn = useStore(user) !== null;
  const isAsked = useStore(isTokenNeeded) && !isSignedIn;
  const last = readings.at(-1);
  return html`
    <${Head} admission=${last?.admission} />
    <main class="board">
      <${ErrorNote} />
      ${isAsked && html`<${TokenForm} />`}
      ${last ? html`<${Readings} readings=${readings} last=${last} />` : !isAsked && html`<p class="quiet loading">${t.loading}</p>`}
    </main>
    <${Notifications} />
  `;
}

function Head({ admission }: { admission: Admission | undefined }) {
  const { b, t, language } = useBoardWords();
  const isUnreachable = useStore(lastError) !== null;
  return html`
    <header class="head">
      <a class="brand" href="/"><span class="brand-mark" aria-hidden="true" />Seatlane</a>
      <h1 class="board-title">${b.title}</h1>
      ${admission && html`<${StatePill} admission=${admission} isUnreachable=${isUnreachable} />`}
      <nav class="head-links">
        <a class="link" href="/admin/queues">${b.lanesLink}</a>
        <a class="link wide-only" href="/docs">${b.docsLink}</a>
        <button
          class="link"
          type="button"
          lang=${language === 'en' ? 'ko' : 'en'}
          onClick=${() => setLanguage(language === 'en' ? 'ko' : 'en')}
        >${t.otherLanguage}</button>
      </nav>
    </header>
  `;
}

function StatePill({ admission, isUnreachable }: { admission: Admission; isUnreachable: boolean }) {
  const { b } = useBoardWords();
  const state = stateOf(admission);
  const text = isUnreachable ? b.noAnswer : b.admissionStates[state];
  const isOpen = !isUnreachable && state === 'open';
  return html`<p class="pill ${isOpen ? 'is-open' : ''}" role="status">${text}</p>`;
}

/** If several states apply, the first one is shown, as in the list of queues. */
function stateOf({ isPaused, isGathering, isSoldOut }: Admission): WaitingQueue['state'] {
  if (isPaused) return 'paused';
  if (isGathering) return 'gathering';
  return isSoldOut ? 'sold-out' : 'open';
}

function ErrorNote() {
  const words = useBoardWords();
  const problem = useStore(lastError);
  // The next poll replaces an expired token, so no error is shown.
  if (problem === null || codeOf(problem) === 'TOKEN_EXPIRED') return null;
  return html`<p class="note is-bad" role="alert">${problemText(words, problem)}</p>`;
}

function Readings({ readings, last }: { readings: readonly Reading[]; last: Reading }) {
  const { b, number } = useBoardWords();
  const counted = useStore(figures);
  const { admission } = last;
  const series = useMemo(() => {
    const ofQueue = readingsOf(readings, admission.queueId);
    return {
      waiting: ofQueue.map((reading) => reading.admission.waiting),
      active: ofQueue.map((reading) => reading.admission.active),
      admitted: admittedPerWindow(ofQueue),
      rates: commandRates(readings),
      latencies: latencies(readings, 0.95),
      byCommand: ratesByCommand(readings),
    };
  }, [readings]);
  const queues = counted?.queues ?? [];
  const queue = queues.find(({ id }) => id === admission.queueId);
  const hasChoice = queues.length > 1;
  const latest = (values: readonly number[]) => Math.round(values.at(-1) ?? 0);
  return html`
    ${hasChoice && html`<${QueueTable} queues=${queues} shownId=${admission.queueId} />`}
    ${hasChoice && queue && html`<${QueueTitle} queue=${queue} />`}
    <section class="figures">
      <${Figure} label=${b.waiting} value=${number(admission.waiting)} values=${series.waiting} />
      <${Figure}
        label=${b.active}
        value=${number(admission.active)}
        aside=${b.ofMax(number(admission.maxActive))}
        values=${series.active}
        ceiling=${admission.maxActive}
      />
      <${Figure}
        label=${b.letIn(admission.admitWindowSeconds)}
        value=${number(latest(series.admitted))}
        aside=${b.ofLimit(number(admission.admitLimit))}
        values=${series.admitted}
        ceiling=${admission.admitLimit}
      />
      <${Figure} label=${b.commands} value=${number(latest(series.rates))} values=${series.rates} />
      <${Figure}
        label=${b.latency}
        value=${`${number(latest(series.latencies))} ms`}
        aside=${b.ninetyFive}
        values=${series.latencies}
      />
    </section>
    <div class="board-grid">
      <${AdmissionForm} key=${admission.queueId} admission=${admission} />
      ${counted && html`<${SeatBars} schedules=${counted.schedules} />`}
      ${counted && html`<${CancellationList} cancellations=${counted.cancellations} />`}
      ${counted && html`<${RefundList} refunds=${counted.failedRefunds} />`}
      <${CommandTable} rates=${series.byCommand} />
      ${counted && html`<${LaneList} lanes=${counted.lanes} waiting=${last.lanes} />`}
    </div>
  `;
}

function TokenForm() {
  const { b } = useBoardWords();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const given = new FormData(event.target as HTMLFormElement).get('token');
    user.set({ accessToken: String(given).trim(), subject: 'operator', name: 'operator' });
  };
  return html`
    <form class="panel" onSubmit=${submit}>
      <label class="field">
        <span>${b.tokenTitle}</span>
        <input name="token" required autocomplete="off" spellcheck=${false} aria-describedby="token-hint" />
      </label>
      <p class="quiet" id="token-hint">${b.tokenHint}</p>
      <button class="button">${b.use}</button>
    </form>
  `;
}
