/** The user's place in the waiting queue: taken, watched until it is admitted, given up. */
import { useEffect } from 'preact/hooks';
import { pollDelayMs } from '../client/waiting-queue.ts';
import type { QueueEntry } from '../commands/resources.ts';
import { ask } from './api.ts';
import { admission, user } from './session.ts';
import { makeStore, useStore } from './store.ts';

/** null: there is none; undefined: not asked yet. */
export const place = makeStore<QueueEntry | null | undefined>(undefined);
user.listen(() => place.set(undefined));

export async function joinQueue(): Promise<void> {
  hear(await ask((seatlane) => seatlane.enterQueue()));
}

export async function leaveQueue(): Promise<void> {
  await ask((seatlane) => seatlane.leaveQueue());
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

/** After a look in vain. */
const LOOK_AGAIN_MS = 5000;

/** The place, looked at again and again while somebody waits; at once when the page comes back to the front. */
export function usePlace(concertId: number): QueueEntry | null | undefined {
  const known = useStore(place);
  const isSignedIn = useStore(user) !== null;
  const isWatched = isSignedIn && known !== null;
  useEffect(() => {
    if (!isWatched) return;
    return watch(concertId);
  }, [isWatched, concertId]);
  return known;
}

/** @returns what ends it */
function watch(concertId: number): () => void {
  const ending = new AbortController();
  const { signal } = ending;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isLooking = false;
  const look = async () => {
    if (isLooking) return;
    isLooking = true;
    clearTimeout(timer);
    const nextMs = await lookOnce(concertId, signal);
    isLooking = false;
    if (nextMs !== undefined && !signal.aborted) timer = setTimeout(look, nextMs);
  };
  const onFront = () => {
    if (document.visibilityState === 'visible' && timer !== undefined) void look();
  };
  document.addEventListener('visibilitychange', onFront, { signal });
  void look();
  return () => {
    ending.abort();
    clearTimeout(timer);
  };
}

/** @returns when to look again, in ms; undefined where there is nothing to wait for */
async function lookOnce(concertId: number, signal: AbortSignal): Promise<number | undefined> {
  try {
    const entry = await ask((seatlane) => seatlane.queue({ concertId, signal }));
    if (!entry) endTurn();
    else hear(entry);
    return entry?.state === 'waiting' ? pollDelayMs(entry.estimatedWaitSeconds) : undefined;
  } catch {
    return LOOK_AGAIN_MS;
  }
}
