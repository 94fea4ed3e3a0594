/** The user's entry in the queue of the concert: entering, polling until admission, leaving. */
import { useEffect } from 'preact/hooks';
import { pollDelayMs, type WaitingEnd } from '../client/api/waiting-queue.ts';
import type { QueueEntry } from '../commands/schemas/resources.ts';
import { callApi } from './api.ts';
import { secondsUntil } from './clock.ts';
import { admission, queueId, user } from './session.ts';
import { makeStore, useStore } from './store.ts';

/** null: the user has no open entry; undefined: not read yet. */
export const queueEntry = makeStore<QueueEntry | null | undefined>(undefined);
user.subscribe(() => queueEntry.set(undefined));

/** Why the waiting of the user has ended while this page was waiting; null otherwise. */
export const waitingEnd = makeStore<WaitingEnd['endReason'] | null>(null);

/** Turns to the queue of a concert. What is known of another queue is read again when the user comes back to it. */
export function selectQueue(id: number): void {
  if (queueId.get() === id) return;
  queueId.set(id);
  waitingEnd.set(null);
  admission.set(null);
  queueEntry.set(undefined);
}

export async function joinQueue(): Promise<void> {
  keep(await callApi((seatlane) => seatlane.enterQueue({ queueId: queueId.get() })));
}

export async function leaveQueue(): Promise<void> {
  await callApi((seatlane) => seatlane.leaveQueue({ queueId: queueId.get() }));
  endAdmission();
}

/**
 * Reads the entry again: an order may have prolonged it, and a payment or its time may have ended it.
 * @returns whether the user is admitted now
 */
export async function refreshEntry(): Promise<boolean> {
  const entry = await callApi((seatlane) => seatlane.queue({ queueId: queueId.get() }));
  if (entry) keep(entry);
  else endAdmission();
  const admitted = admission.get();
  return admitted !== null && secondsUntil(admitted.expiresAt) > 0;
}

/** The session lasts at least as long as what is held with it. @param holdExpiresAt ISO 8601 */
export function prolongAdmission(holdExpiresAt: string): void {
  const admitted = admission.get();
  if (admitted && Date.parse(admitted.expiresAt) < Date.parse(holdExpiresAt)) {
    admission.set({ ...admitted, expiresAt: holdExpiresAt });
  }
}

/** Forgets the entry and its queue token, after the session has ended by a payment, by leaving or by expiry. */
export function endAdmission(): void {
  admission.set(null);
  queueEntry.set(null);
}

function keep(entry: QueueEntry): void {
  // The user has turned to another queue while this response was on its way.
  if (entry.queueId !== queueId.get()) return;
  waitingEnd.set(null);
  const { queueToken, expiresAt } = entry;
  admission.set(queueToken && expiresAt ? { queueToken, expiresAt } : null);
  queueEntry.set(entry.state === 'ended' ? null : entry);
}

/** The delay after a failed poll. */
const RETRY_MS = 5000;

/** The user's entry, polled while it is waiting, and at once when the page becomes visible again. */
export function useQueueEntry(concertId: number): QueueEntry | null | undefined {
  const known = useStore(queueEntry);
  const isSignedIn = useStore(user) !== null;
  const current = useStore(queueId);
  const isWatched = isSignedIn && known !== null;
  useEffect(() => {
    if (!isWatched) return;
    return watch(concertId);
  }, [isWatched, concertId, current]);
  return known;
}

/** Polls the entry. @returns a function that stops polling */
function watch(concertId: number): () => void {
  const ending = new AbortController();
  const { signal } = ending;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isPolling = false;
  const poll = async () => {
    if (isPolling) return;
    isPolling = true;
    clearTimeout(timer);
    const nextMs = await pollOnce(concertId, signal);
    isPolling = false;
    if (nextMs !== undefined && !signal.aborted) timer = setTimeout(poll, nextMs);
  };
  const onVisible = () => {
    if (document.visibilityState === 'visible' && timer !== undefined) void poll();
  };
  document.addEventListener('visibilitychange', onVisible, { signal });
  void poll();
  return () => {
    ending.abort();
    clearTimeout(timer);
  };
}

/** @returns the delay before the next poll, in ms; undefined if the entry is not waiting */
async function pollOnce(concertId: number, signal: AbortSignal): Promise<number | undefined> {
  const asked = queueId.get();
  try {
    const entry = await callApi((seatlane) =>
      seatlane.queue({
        queueId: asked,
        concertId,
        signal,
        onWaitingEnded({ endReason }) {
          // An earlier end is of no interest to a user who has not waited here since.
          if (queueEntry.get()?.state === 'waiting') waitingEnd.set(endReason);
        },
      }),
    );
    if (!entry && asked === queueId.get()) endAdmission();
    else if (entry) keep(entry);
    return entry?.state === 'waiting' ? pollDelayMs(entry.estimatedWaitSeconds) : undefined;
  } catch {
    return RETRY_MS;
  }
}
