/** The user's place in the waiting queue: taken, watched until it is admitted, given up. */
import { useEffect } from 'preact/hooks';
import type { QueueEntry } from '../commands/resources.ts';
import { ApiProblem, command, read } from './api.ts';
import { admission, user } from './session.ts';
import { makeStore, useStore } from './store.ts';

/** null: there is none; undefined: not asked yet. */
export const place = makeStore<QueueEntry | null | undefined>(undefined);
user.listen(() => place.set(undefined));

export async function joinQueue(): Promise<void> {
  hear(await command<QueueEntry>('POST', '/users/queue'));
}

export async function leaveQueue(): Promise<void> {
  await command<QueueEntry>('DELETE', '/users/queue');
  endTurn();
}

/** Whether it is the user's turn within a time, in ms. The place has to be watched meanwhile. */
export function untilAdmitted(ms: number): Promise<boolean> {
  if (admission.get()) return Promise.resolve(true);
  return new Promise((resolve) => {
    const end = (isAdmitted: boolean) => {
      stop();
      resolve(isAdmitted);
    };
    const stop = admission.listen(() => admission.get() && end(true));
    setTimeout(end, ms, false);
  });
}

/** A session ends by itself with a payment, or with its time. */
export function endTurn(): void {
  admission.set(null);
  place.set(null);
}

function hear(entry: QueueEntry): void {
  const { queueToken, expiresAt } = entry;
  admission.set(queueToken && expiresAt ? { queueToken, expiresAt } : null);
  place.set(entry.state === 'ended' ? null : entry);
}

const POLL_MS_MIN = 1000;
/** Who is not heard of for a minute is passed over until they come back. */
const POLL_MS_MAX = 15_000;
const POLLS_A_WAIT = 12;
const SCATTER = 0.2;

/** The longer the wait, the more seldom: a thousand seconds need no thousand looks. */
function pollMs(estimatedWaitSeconds: number): number {
  const even = (estimatedWaitSeconds * 1000) / POLLS_A_WAIT;
  const scatter = 1 + SCATTER * (2 * Math.random() - 1);
  return Math.min(POLL_MS_MAX, Math.max(POLL_MS_MIN, even)) * scatter;
}

/** The place, looked at again and again while somebody waits; at once when the page comes back to the front. */
export function usePlace(concertId: number): QueueEntry | null | undefined {
  const known = useStore(place);
  const isSignedIn = useStore(user) !== null;
  const isWatched = isSignedIn && known !== null;
  useEffect(() => {
    if (!isWatched) return;
    return watch(`/users/queue?concertId=${concertId}`);
  }, [isWatched, concertId]);
  return known;
}

/** @returns what ends it */
function watch(path: string): () => void {
  const ending = new AbortController();
  const { signal } = ending;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isLooking = false;
  const look = async () => {
    if (isLooking) return;
    isLooking = true;
    clearTimeout(timer);
    const nextMs = await lookOnce(path, signal);
    isLooking = false;
    if (nextMs !== undefined && !signal.aborted) timer = setTimeout(look, nextMs);
  };
  const onFront = () => {
    if (document.visibilityState === 'visible' && timer !== undefined) look();
  };
  document.addEventListener('visibilitychange', onFront, { signal });
  look();
  return () => {
    ending.abort();
    clearTimeout(timer);
  };
}

/** @returns when to look again, in ms; undefined where there is nothing to wait for */
async function lookOnce(path: string, signal: AbortSignal): Promise<number | undefined> {
  try {
    const entry = await read<QueueEntry>(path, { signal });
    hear(entry);
    return entry.state === 'waiting' ? pollMs(entry.estimatedWaitSeconds) : undefined;
  } catch (error) {
    if (signal.aborted) return undefined;
    if (!(error instanceof ApiProblem) || error.code !== 'QUEUE_ENTRY_NOT_FOUND') {
      return POLL_MS_MAX / 3;
    }
    endTurn();
    return undefined;
  }
}
