/** The steps before the seats: signing in, and waiting in the queue. */
import { html } from 'htm/preact';
import { useEffect, useState } from 'preact/hooks';
import type { QueueEntry } from '../../commands/schemas/resources.ts';
import { useAction } from '../hooks.ts';
import { notify, notifyProblem } from '../notifications.ts';
import { joinQueue, leaveQueue, selectQueue, useQueueEntry, waitingEnd } from '../queue-entry.ts';
import { admission, queueId as selected, user } from '../session.ts';
import { useStore } from '../store.ts';
import { useWords, type Words } from '../texts.ts';
import { SignIn } from './sign-in.ts';

interface GateProps {
  concertId: number;
  /** The queue that admits to the concert; undefined until it is known. */
  queueId: number | undefined;
  children: unknown;
}

/** Shows its children once the user is admitted by the queue of the concert. */
export function Gate({ concertId, queueId, children }: GateProps) {
  const { t } = useWords();
  const isSignedIn = useStore(user) !== null;
  const isAdmitted = useStore(admission) !== null;
  const isSelected = useStore(selected) === queueId;
  useEffect(() => {
    if (queueId !== undefined) selectQueue(queueId);
  }, [queueId]);
  if (!isSelected) return html`<p class="quiet loading">${t.loading}</p>`;
  if (!isSignedIn) return html`<${SignIn} />`;
  if (!isAdmitted) return html`<${Queue} concertId=${concertId} />`;
  return children;
}

function Queue({ concertId }: { concertId: number }) {
  const { t } = useWords();
  const entry = useQueueEntry(concertId);
  const end = useStore(waitingEnd);
  const [isJoining, run] = useAction();
  if (entry === undefined) return html`<p class="quiet loading">${t.loading}</p>`;
  if (entry) return html`<${Waiting} entry=${entry} />`;
  return html`
    <section class="panel">
      <h2 class="panel-title">${t.queueTitle}</h2>
      ${end && html`<p role="status">${t.waitingEnded[end]}</p>`}
      <p class="quiet">${t.queueWhy}</p>
      <button
        class="button"
        type="button"
        aria-disabled=${isJoining}
        onClick=${() => run(() => joinQueue().then(announceAdmission, notifyProblem))}
      >${isJoining ? t.joining : t.joinQueue}</button>
    </section>
  `;
}

function announceAdmission(): void {
  if (admission.get()) notify(({ t }) => t.admitted, 'spoken');
}

function Waiting({ entry }: { entry: QueueEntry }) {
  const words = useWords();
  const { t, number } = words;
  const [isLeaving, run] = useAction();
  const [firstPosition] = useState(entry.position);
  const { position, waiting } = entry;
  useTitle(t.titleWaiting(number(position)));
  useEffect(() => () => announceAdmission(), []);
  const done = Math.max(0.02, 1 - (position - 1) / Math.max(1, firstPosition));
  return html`
    <section class="panel waiting">
      <h2 class="waiting-label">${t.yourPosition}</h2>
      <p class="waiting-position">${number(position)}</p>
      <p class="quiet">${t.ofWaiting(number(waiting))}</p>
      <div class="track" aria-hidden="true"><div class="track-done" style=${{ width: `${done * 100}%` }} /></div>
      <p class="waiting-estimate">${outlook(words, entry)}</p>
      <p class="quiet">${t.keepOpen}</p>
      ${entry.stock && html`<p class="quiet">${t.stillFree(number(entry.stock.available))}</p>`}
      <${SpokenPosition} entry=${entry} />
      <button
        class="link"
        type="button"
        aria-disabled=${isLeaving}
        onClick=${() => run(() => leaveQueue().catch(notifyProblem))}
      >${t.leaveQueue}</button>
    </section>
  `;
}

function outlook(words: Words, { estimatedWaitSeconds, isPaused, isSoldOut }: QueueEntry): string {
  const { t } = words;
  if (isPaused) return t.paused;
  if (isSoldOut) return t.soldOut;
  if (estimatedWaitSeconds <= 5) return t.nearly;
  return t.aboutToWait(durationText(words, estimatedWaitSeconds));
}

const STEP_SECONDS = 10;

/** Rounds an estimate to tens of seconds, minutes or hours, because it is not exact. */
function durationText({ t }: Words, seconds: number): string {
  if (seconds <= 60) return t.seconds(Math.ceil(seconds / STEP_SECONDS) * STEP_SECONDS);
  if (seconds <= 5400) return t.minutes(Math.ceil(seconds / 60));
  return t.hours(Math.ceil(seconds / 3600));
}

const SPOKEN_MS = 20_000;

/** Lets screen readers announce the position every 20 s at most, not after each poll. */
function SpokenPosition({ entry }: { entry: QueueEntry }) {
  const words = useWords();
  const text = words.t.positionNews(words.number(entry.position), outlook(words, entry));
  const [spoken, setSpoken] = useState({ text, at: 0 });
  useEffect(() => {
    const now = performance.now();
    if (spoken.at === 0 || now - spoken.at > SPOKEN_MS) setSpoken({ text, at: now });
  }, [text]);
  return html`<p class="sr" role="status" aria-live="polite">${spoken.text}</p>`;
}

function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Seatlane`;
    return () => {
      document.title = admission.get() ? '● Seatlane' : 'Seatlane';
    };
  }, [title]);
}
