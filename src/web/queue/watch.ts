/** Keeps the user's entry up to date: one tab of the browser polls it, and the other ones show what that tab has read. */
import { useEffect } from 'preact/hooks';
import { pollDelayMs } from '../../client/api/waiting-queue.ts';
import type { QueueEntry } from '../../commands/schemas/resources.ts';
import { readEntry } from '../queue-entry.ts';
import {
  hasEndedMeanwhile,
  queueEntry,
  queueId,
  type TurnOwner,
  turn,
  turnOwner,
  user,
} from '../session.ts';
import { makeStore, useStore } from '../store.ts';
import { lead } from './lead.ts';

/** The delay after a failed poll. */
const RETRY_MS = 5000;

/** The concert at whose gate the user is; undefined: the user looks at something else. */
const gate = makeStore<number | undefined>(undefined);
/** Whose turns this tab has read. What the browser has kept of the others may be old. */
const read = makeStore<readonly string[]>([]);

/** The user's entry, which is read anew when the user comes to the gate of this concert. */
export function useQueueEntry(concertId: number): QueueEntry | null | undefined {
  useEffect(() => {
    gate.set(concertId);
    return () => gate.set(undefined);
  }, [concertId]);
  return useStore(queueEntry);
}

/** Polls the entry while it waits, whatever view is shown. */
export function useEntryPolling(): void {
  const isAtGate = useStore(gate) !== undefined;
  const subject = useStore(user)?.subject;
  const queue = useStore(queueId);
  const known = useStore(turn);
  const name = `seatlane.poll.${queue}.${subject}`;
  const isRead = useStore(read).includes(name);
  const state = known?.entry?.state;
  const isUnsure = !known || (!isRead && state !== 'active');
  const isWanted =
    subject !== undefined && (state === 'waiting' || ((isAtGate || hasEndedMeanwhile) && isUnsure));
  useEffect(() => {
    const owner = turnOwner();
    if (!isWanted || !owner) return;
    const run = (signal: AbortSignal) => pollUntil(signal, owner, () => markRead(name));
    const { noteWork, stop } = lead({ name, run });
    const unsubscribe = turn.subscribe(noteWork);
    return () => {
      unsubscribe();
      stop();
    };
  }, [isWanted, name]);
}

function markRead(name: string): void {
  if (!read.get().includes(name)) read.set([...read.get(), name]);
}

/** Polls now, as often as the wait needs it, and at once when the page becomes visible. */
function pollUntil(signal: AbortSignal, owner: TurnOwner, onRead: () => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isPolling = false;
  const poll = async () => {
    if (isPolling) return;
    isPolling = true;
    clearTimeout(timer);
    const nextMs = await pollOnce(owner, signal, onRead);
    isPolling = false;
    if (nextMs !== undefined && !signal.aborted) timer = setTimeout(poll, nextMs);
  };
  const onVisible = () => {
    if (document.visibilityState === 'visible' && timer !== undefined) void poll();
  };
  document.addEventListener('visibilitychange', onVisible, { signal });
  signal.addEventListener('abort', () => clearTimeout(timer));
  void poll();
}

/** @returns the delay before the next poll, in ms; undefined if the entry is not waiting */
async function pollOnce(
  owner: TurnOwner,
  signal: AbortSignal,
  onRead: () => void,
): Promise<number | undefined> {
  try {
    const concertId = gate.get() ?? turn.get()?.concertId;
    const entry = await readEntry(owner, { concertId, signal });
    onRead();
    // The response was dropped if the turn had changed meanwhile, so the stored entry decides.
    if (turn.get()?.entry?.state !== 'waiting') return undefined;
    return pollDelayMs(entry?.state === 'waiting' ? entry.estimatedWaitSeconds : 0);
  } catch {
    return RETRY_MS;
  }
}
