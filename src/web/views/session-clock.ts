/** The time that is left of the user's turn. */
import { html } from 'htm/preact';
import { useEffect } from 'preact/hooks';
import { holdsNothing, isHoldShown, readBookings } from '../bookings.ts';
import { secondsUntil } from '../clock.ts';
import { useTick } from '../hooks.ts';
import { notify } from '../notifications.ts';
import { endAdmission, refreshEntry } from '../queue-entry.ts';
import { admission, isBookingOver } from '../session.ts';
import { useStore } from '../store.ts';
import { clockFace, useWords } from '../texts.ts';

const ignore = () => undefined;

let isEnding = false;

/** Two at a time would show the entry again that the first one has just ended. */
async function endSession(): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  await endUnlessHeld().finally(() => {
    isEnding = false;
  });
}

/** Ends the session, unless something is held with it. An order that another tab placed may have prolonged it. */
async function endUnlessHeld(): Promise<void> {
  await refreshEntry().catch(ignore);
  // If a read fails, what is known decides.
  if (isAdmitted()) await readBookings().catch(ignore);
  if (isAdmitted() && !holdsNothing.get()) return;
  endAdmission();
  notify((words) => words.t.admissionOver, 'problem');
}

function isAdmitted(): boolean {
  const { expiresAt } = admission.get() ?? {};
  return expiresAt !== undefined && secondsUntil(expiresAt) > 0;
}

/**
 * Shows how long the user can choose places, and then how long what is held can be paid. Ends the session when the time is over, or
 * when the user can choose nothing more and holds nothing. While the clock of a hold is shown, this one is not: one clock is enough.
 */
export function SessionClock() {
  const { t } = useWords();
  const admitted = useStore(admission);
  const isHidden = useStore(isHoldShown);
  const isUnused = useStore(holdsNothing);
  useTick(admitted !== null);
  const isPaying = admitted !== null && secondsUntil(admitted.bookingUntil) === 0;
  const left = admitted ? secondsUntil(isPaying ? admitted.expiresAt : admitted.bookingUntil) : 0;
  const isOver = isPaying && (left === 0 || isUnused);
  useEffect(() => {
    if (isPaying) void endSession();
  }, [isPaying, isOver]);
  useEffect(() => isBookingOver.set(isPaying && !isOver), [isPaying, isOver]);
  if (!admitted || isOver || isHidden) return null;
  const isShort = left <= 60;
  const news = isPaying ? t.heldLeft : t.timeLeftNews;
  return html`
    <div class="turn ${isShort ? 'is-short' : ''}">
      <span>${isPaying ? t.timeToPay : t.timeLeft}</span>
      <time class="turn-clock" role="timer">${clockFace(left)}</time>
      <span class="sr" aria-live="polite">${left === 60 || left === 30 ? news(t.seconds(left)) : ''}</span>
    </div>
  `;
}
