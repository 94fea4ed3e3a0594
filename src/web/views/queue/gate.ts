/** The steps before the seats: signing in, joining the queue, and waiting in it. */
import { html } from 'htm/preact';
import { useEffect } from 'preact/hooks';
import { useStepFocus } from '../../focus/focus.ts';
import { useAction } from '../../hooks.ts';
import { Late } from '../../late.ts';
import { notify, notifyProblem } from '../../notifications.ts';
import { useQueueEntry } from '../../queue/watch.ts';
import { joinQueue, selectQueue } from '../../queue-entry.ts';
import { admission, queueEntry, queueId as selected, user, waitingEnd } from '../../session.ts';
import { useStore } from '../../store.ts';
import { useWords } from '../../texts.ts';
import { SignIn } from '../sign-in.ts';

interface GateProps {
  concertId: number;
  /** The queue that admits to the concert. */
  queueId: number;
  children: unknown;
}

/** Shows its children once the user is admitted by the queue of the concert. */
export function Gate({ concertId, queueId, children }: GateProps) {
  const { t } = useWords();
  const isSelected = useStore(selected) === queueId;
  useEffect(() => selectQueue(queueId), [queueId]);
  const step = useStep();
  const part = useStepFocus(isSelected ? step : undefined);
  const shown = () => {
    if (!isSelected) return html`<p class="quiet loading">${t.loading}</p>`;
    if (step === 'sign-in') return html`<${SignIn} />`;
    return step === 'open' ? children : html`<${Queue} concertId=${concertId} />`;
  };
  return html`<div class="gate" ref=${part}>${shown()}</div>`;
}

/** undefined while the entry is being read */
function useStep(): 'sign-in' | 'open' | 'waiting' | 'join' | undefined {
  const isSignedIn = useStore(user) !== null;
  const isAdmitted = useStore(admission) !== null;
  const entry = useStore(queueEntry);
  if (!isSignedIn) return 'sign-in';
  if (isAdmitted) return 'open';
  if (entry === undefined) return undefined;
  return entry ? 'waiting' : 'join';
}

function Queue({ concertId }: { concertId: number }) {
  const { t } = useWords();
  const entry = useQueueEntry(concertId);
  if (entry === undefined) return html`<p class="quiet loading">${t.loading}</p>`;
  if (entry) return html`<${Late} name="waiting" entry=${entry} concertId=${concertId} />`;
  return html`<${Join} concertId=${concertId} />`;
}

function Join({ concertId }: { concertId: number }) {
  const { t } = useWords();
  const end = useStore(waitingEnd);
  const [isJoining, run] = useAction();
  return html`
    <section class="panel">
      <h2 class="panel-title">${end ? t.endedTitle : t.queueTitle}</h2>
      ${end && html`<p role="status">${t.waitingEnded[end]}</p>`}
      <p class="quiet">${t.queueWhy}</p>
      <button
        class="button"
        type="button"
        aria-disabled=${isJoining}
        onClick=${() => run(() => joinQueue(concertId).then(announceAdmission, notifyProblem))}
      >${isJoining ? t.joining : t.joinQueue}</button>
    </section>
  `;
}

function announceAdmission(): void {
  if (admission.get()) notify(({ t }) => t.admitted, 'spoken');
}
