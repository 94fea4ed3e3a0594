/** The time that is left of the user's turn. */
import { html } from 'htm/preact';
import { useEffect } from 'preact/hooks';
import { isHoldShown } from '../bookings.ts';
import { secondsUntil } from '../clock.ts';
import { useTick } from '../hooks.ts';
import { notify } from '../notifications.ts';
import { endAdmission, refreshEntry } from '../queue-entry.ts';
import { admission } from '../session.ts';
import { useStore } from '../store.ts';
import { clockFace, useWords } from '../texts.ts';

/** An order that another tab placed may have prolonged the session. */
async function endSession(): Promise<void> {
  if (await refreshEntry().catch(() => false)) return;
  endAdmission();
  notify((words) => words.t.admissionOver, 'problem');
}

/**
 * Shows how much of the session is left, and ends it when the time is over. While the clock of a hold is shown, this one is not: the
 * session lasts at least as long.
 */
export function SessionClock() {
  const { t } = useWords();
  const admitted = useStore(admission);
  const isHidden = useStore(isHoldShown);
  useTick(admitted !== null);
  const left = admitted ? secondsUntil(admitted.expiresAt) : 0;
  const isOver = admitted !== null && left === 0;
  useEffect(() => {
    if (!isOver) return;
    void endSession();
  }, [isOver]);
  if (!admitted || isOver || isHidden) return null;
  const isShort = left <= 60;
  return html`
    <div class="turn ${isShort ? 'is-short' : ''}">
      <span>${t.timeLeft}</span>
      <time class="turn-clock" role="timer">${clockFace(left)}</time>
      <span class="sr" aria-live="polite">${left === 60 || left === 30 ? t.timeLeftNews(t.seconds(left)) : ''}</span>
    </div>
  `;
}
