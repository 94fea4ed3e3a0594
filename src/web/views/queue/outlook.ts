/** What a waiting user can expect, in words, by the state of the queue. */
import type { QueueEntry } from '../../../commands/schemas/resources.ts';
import type { Words } from '../../texts.ts';

export interface Outlook {
  title: string;
  /** The large text: the position, or the time of the draw. */
  shown: string;
  estimate: string;
  /** For screen readers. */
  spoken: string;
  /** What happens next, and what the user has to do. */
  next: string;
}

const NEARLY_SECONDS = 5;

export function outlookOf(words: Words, entry: QueueEntry): Outlook {
  const { t, number, hour, moment } = words;
  const { estimatedWaitSeconds, opensAt } = entry;
  const time = durationText(words, estimatedWaitSeconds);
  const position = number(entry.position);
  const atPosition = (estimate: string, next: string): Outlook => {
    const spoken = t.positionNews(position, estimate);
    return { title: t.yourPosition, shown: position, estimate, spoken, next };
  };
  if (entry.isPaused) return atPosition(t.pausedTitle, t.paused);
  if (entry.isGathering) {
    const shown = opensAt ? hour(opensAt) : '…';
    return {
      title: t.drawTitle,
      shown,
      estimate: t.untilDrawn(time),
      spoken: `${t.drawTitle} ${shown}`,
      next: t.gathering(opensAt ? moment(opensAt) : ''),
    };
  }
  if (entry.isSoldOut) return atPosition(t.soldOutTitle, t.soldOut);
  const isNear = estimatedWaitSeconds <= NEARLY_SECONDS;
  return atPosition(isNear ? t.nearly : t.aboutToWait(time), t.nextTurn);
}

const STEP_SECONDS = 10;

/** Rounds an estimate to tens of seconds, minutes or hours, because it is not exact. */
function durationText({ t }: Words, seconds: number): string {
  if (seconds <= 60) return t.seconds(Math.ceil(seconds / STEP_SECONDS) * STEP_SECONDS);
  if (seconds <= 5400) return t.minutes(Math.ceil(seconds / 60));
  return t.hours(Math.ceil(seconds / 3600));
}
