/** The place of a user who waits: position, estimate, stock, and what happens next. */
import { html } from 'htm/preact';
import { useEffect, useState } from 'preact/hooks';
import type { QueueEntry } from '../../../commands/schemas/resources.ts';
import { titleInstead } from '../../focus/focus.ts';
import { useAction } from '../../hooks.ts';
import { notify, notifyProblem } from '../../notifications.ts';
import { leaveQueue } from '../../queue-entry.ts';
import { admission, user } from '../../session.ts';
import { useWords, wordsNow } from '../../texts.ts';
import { AlertChoice } from './alert-choice.ts';
import { outlookOf } from './outlook.ts';

export function Waiting({ entry, concertId }: { entry: QueueEntry; concertId: number }) {
  const words = useWords();
  const { t, number, moment } = words;
  const [isLeaving, run] = useAction();
  const { title, shown, estimate, spoken, next } = outlookOf(words, entry);
  useTitle(entry.isGathering ? title : t.titleWaiting(number(entry.position)));
  useEffect(() => announceAdmission, []);
  return html`
    <section class="panel waiting">
      <h2 class="waiting-label">${title}</h2>
      <p class="waiting-position">${shown}</p>
      <${Ahead} entry=${entry} />
      <p class="waiting-estimate">${estimate}</p>
      <${Stock} entry=${entry} concertId=${concertId} />
      <div class="waiting-next">
        <h3 class="waiting-next-title">${t.nextTitle}</h3>
        <p>${next}</p>
        <p>${t.keepOpen}</p>
        ${entry.enteredAt && html`<p class="small">${t.ticket(number(entry.number), moment(entry.enteredAt))}</p>`}
      </div>
      <${AlertChoice} />
      <${SpokenPosition} text=${spoken} />
      <button
        class="link"
        type="button"
        aria-disabled=${isLeaving}
        onClick=${() => run(() => leaveQueue().catch(notifyProblem))}
      >${t.leaveQueue}</button>
    </section>
  `;
}

/** How many users are ahead, with the progress since this page was opened. */
function Ahead({ entry: { position, waiting, isGathering } }: { entry: QueueEntry }) {
  const { t, number } = useWords();
  const [firstPosition] = useState(position);
  if (isGathering) return html`<p class="quiet">${t.takingPart(waiting, number(waiting))}</p>`;
  const done = Math.max(0.02, 1 - (position - 1) / Math.max(1, firstPosition));
  const ahead = position - 1;
  return html`
    <p class="quiet">${t.ahead(ahead, number(ahead))} ${waiting > position && t.ofWaiting(waiting, number(waiting))}</p>
    <div class="track" aria-hidden="true"><div class="track-done" style=${{ width: `${done * 100}%` }} /></div>
  `;
}

function Stock({ entry, concertId }: { entry: QueueEntry; concertId: number }) {
  const { t, number } = useWords();
  // A tab with another concert may have read the entry.
  if (entry.stock?.concertId !== concertId) return null;
  const { available, held } = entry.stock;
  return html`
    <p class="quiet">
      ${available > 0 ? t.stillFree(available, number(available)) : t.noneFree}
      ${' '}
      ${available === 0 && held > 0 && t.stillHeld(held, number(held))}
    </p>
  `;
}

const SPOKEN_MS = 20_000;

/** Lets screen readers announce the position every 20 s at most, not after each poll. */
function SpokenPosition({ text }: { text: string }) {
  const [spoken, setSpoken] = useState({ text, at: 0 });
  useEffect(() => {
    const now = performance.now();
    if (spoken.at === 0 || now - spoken.at > SPOKEN_MS) setSpoken({ text, at: now });
  }, [text]);
  return html`<p class="sr" role="status" aria-live="polite">${spoken.text}</p>`;
}

function useTitle(title: string): void {
  useEffect(() => titleInstead.set(title), [title]);
  useEffect(() => leaveTitle, []);
}

/** The tab of a user who was admitted or signed out says so until the user looks at it. */
function leaveTitle(): void {
  const { t } = wordsNow();
  const news = admission.get() ? t.turnTitle : user.get() ? null : t.signedOutTitle;
  const isUnseen = news !== null && document.visibilityState === 'hidden';
  titleInstead.set(isUnseen ? `● ${news}` : null);
  if (!isUnseen) return;
  document.addEventListener('visibilitychange', () => titleInstead.set(null), { once: true });
}

function announceAdmission(): void {
  if (admission.get()) notify(({ t }) => t.admitted, 'spoken');
}
