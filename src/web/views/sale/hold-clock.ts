/** The one clock of a hold. While it is shown, the clock of the turn is not. */
import { html } from 'htm/preact';
import { useEffect, useLayoutEffect } from 'preact/hooks';
import { isHoldShown } from '../../bookings.ts';
import { secondsUntil } from '../../clock.ts';
import { useTick } from '../../hooks.ts';
import { clockFace, useWords } from '../../texts.ts';

/** @param until when the hold ends, ISO 8601 @param onEnd called once it has ended */
export function HoldClock({ until, onEnd }: { until: string; onEnd?: () => void }) {
  const { t } = useWords();
  const left = secondsUntil(until);
  const isOver = left === 0;
  useTick(!isOver);
  // Before the browser paints, so that there are never two clocks.
  useLayoutEffect(() => {
    isHoldShown.set(true);
    return () => isHoldShown.set(false);
  }, []);
  useEffect(() => {
    if (isOver) onEnd?.();
  }, [isOver]);
  const isSpoken = left === 60 || left === 30;
  return html`
    <p class="hold-clock ${left <= 60 ? 'is-short' : ''}">
      <span>${t.heldFor}</span> <time role="timer">${clockFace(left)}</time>
      <span class="sr" aria-live="polite">${isSpoken ? t.heldLeft(t.seconds(left)) : ''}</span>
    </p>
  `;
}
