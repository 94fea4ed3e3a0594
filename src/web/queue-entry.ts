/** The user's entry in the queue of the concert: entering, reading, leaving. `queue/watch.ts` polls it. */
import type { WaitingEnd } from '../client/api/waiting-queue.ts';
import type { QueueEntry } from '../commands/schemas/resources.ts';
import { callApi, isSignedOut } from './api.ts';
import { soundAlert } from './queue/alert.ts';
import {
  changeTurn,
  queueId,
  type Turn,
  type TurnOwner,
  turn,
  turnOwner,
  turnVersion,
} from './session.ts';
import { wordsNow } from './texts.ts';

/** Turns to the queue of a concert. The turns in other queues are kept. */
export function selectQueue(id: number): void {
  queueId.set(id);
}

/** @param concertId the concert for which the user waits */
export async function joinQueue(concertId: number): Promise<void> {
  const owner = turnOwner();
  if (!owner) return;
  const entry = await callApi((seatlane) => seatlane.enterQueue({ queueId: owner.queueId }));
  changeTurn(owner, (known) => ({ ...afterRead(known, entry), concertId }));
}

export async function leaveQueue(): Promise<void> {
  const owner = turnOwner();
  if (!owner) return;
  await callApi((seatlane) => seatlane.leaveQueue({ queueId: owner.queueId }));
  changeTurn(owner, (known) => afterRead(known, null));
}

/** Reads the entry again: an order may have prolonged it, and a payment or its time may have ended it. */
export async function refreshEntry(): Promise<void> {
  const owner = turnOwner();
  if (owner) await readEntry(owner);
}

/** The session lasts at least as long as what is held with it. @param holdExpiresAt ISO 8601 */
export function prolongAdmission(holdExpiresAt: string): void {
  changeOpenTurn((known) => {
    const { entry } = known;
    if (!entry?.expiresAt || Date.parse(entry.expiresAt) >= Date.parse(holdExpiresAt)) return known;
    return { ...known, entry: { ...entry, expiresAt: holdExpiresAt } };
  });
}

/** Forgets the entry and its queue token, after the session has ended by a payment, by leaving or by expiry. */
export function endAdmission(): void {
  changeOpenTurn((known) => ({ ...known, entry: null }));
}

/** Has the user told when admitted, or not. */
export function wantAlert(isAlertWanted: boolean): void {
  changeOpenTurn((known) => ({ ...known, isAlertWanted }));
}

function changeOpenTurn(change: (known: Turn) => Turn): void {
  const owner = turnOwner();
  if (owner) changeTurn(owner, (known) => known && change(known));
}

/** What is known of the turn after its entry was read. @param end why the waiting has ended, if the system ended it */
function afterRead(
  known: Turn | null,
  entry: QueueEntry | null,
  end: WaitingEnd['endReason'] | null = null,
): Turn {
  const open = entry?.state === 'ended' ? null : entry;
  const wasWaiting = known?.entry?.state === 'waiting';
  return {
    version: known?.version ?? 0,
    entry: open,
    // An earlier end is of no interest to a user who has not waited here since.
    waitingEnd: open ? null : wasWaiting ? end : (known?.waitingEnd ?? null),
    isAlertWanted: open?.state === 'waiting' && (known?.isAlertWanted ?? false),
    concertId: known?.concertId,
  };
}

/** Reads the entry of an owner. A response that is older than what is known meanwhile is dropped. */
export async function readEntry(
  owner: TurnOwner,
  options: { concertId?: number | undefined; signal?: AbortSignal } = {},
): Promise<QueueEntry | undefined> {
  const version = turnVersion(owner);
  const isAlertWanted = turn.get()?.isAlertWanted === true;
  let end: WaitingEnd['endReason'] | null = null;
  const entry = await callApi((seatlane) =>
    seatlane.queue({
      queueId: owner.queueId,
      ...options,
      onWaitingEnded: ({ endReason }) => {
        end = endReason;
      },
    }),
  ).catch((error) => {
    // The access token has ended. Who is not seen for long loses the place.
    if (isAlertWanted && isSignedOut(error)) soundAlert(wordsNow().t.signInAgain);
    throw error;
  });
  let isAdmitted = false;
  changeTurn(owner, (known) => {
    if (options.signal?.aborted || (known?.version ?? 0) !== version) return known;
    isAdmitted = known?.isAlertWanted === true && entry?.state === 'active';
    return afterRead(known, entry ?? null, end);
  });
  if (isAdmitted) soundAlert(wordsNow().t.admitted);
  return entry;
}
