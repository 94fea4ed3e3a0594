/** How often the users of several queues poll, and how many of these polls have an access token that the API process has forgotten. */
import { POLLS_PER_WAIT, pollsPerSecond } from '../polls.ts';

export interface Line {
  waiting: number;
  admitPerSecond: number;
}

/** As in `src/http/auth/access-tokens.ts`. */
const TOKENS_REMEMBERED = 50_000;
const STEPS = 30;

/** @param longest the longest pause, in s @param remembered how many tokens are remembered, the latest ones */
export function pollRates(
  lines: readonly Line[],
  longest: number,
  remembered = TOKENS_REMEMBERED,
): { polls: number; unknown: number } {
  const polls = sum(lines, (line) => pollsPerSecond(line.waiting, line.admitPerSecond, longest));
  // A token is remembered if fewer others were seen since the last poll of its user.
  if (distinctWithin(lines, longest, longest) <= remembered) return { polls, unknown: 0 };
  let [low, high] = [0, longest];
  for (let step = 0; step < STEPS; step += 1) {
    const middle = (low + high) / 2;
    if (distinctWithin(lines, middle, longest) <= remembered) low = middle;
    else high = middle;
  }
  return { polls, unknown: polls - sum(lines, (line) => pollsOfFaster(line, low, longest)) };
}

/** How many users poll within this many seconds. */
function distinctWithin(lines: readonly Line[], seconds: number, longest: number): number {
  return sum(lines, (line) => {
    const faster = Math.min(line.waiting, positionOf(line, seconds));
    const polls = pollsPerSecond(line.waiting, line.admitPerSecond, longest);
    return faster + (polls - pollsOfFaster(line, seconds, longest)) * seconds;
  });
}

/** The polls a second of those who pause no longer than this. */
function pollsOfFaster(line: Line, seconds: number, longest: number): number {
  const waiting = Math.min(line.waiting, positionOf(line, seconds));
  return pollsPerSecond(waiting, line.admitPerSecond, longest);
}

/** The last position whose user pauses no longer than this. */
const positionOf = ({ admitPerSecond }: Line, seconds: number) =>
  seconds * POLLS_PER_WAIT * admitPerSecond;

const sum = (lines: readonly Line[], of: (line: Line) => number) =>
  lines.reduce((total, line) => total + of(line), 0);
