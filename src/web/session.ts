/**
 * The signed-in user, and the user's turn in the chosen queue. All tabs of the buyers' page share both, and a tab that is
 * closed finds them again.
 */
import type { WaitingEnd } from '../client/api/waiting-queue.ts';
import type { QueueEntry } from '../commands/schemas/resources.ts';
import { secondsUntil } from './clock.ts';
import { makeDerivedStore, makeKeptStore, makeStore, makeStoredStore } from './store.ts';

/** The queue of every concert without one of its own. */
export const HOUSE_QUEUE = 1;

export interface User {
  accessToken: string;
  subject: string;
  name: string;
}

export interface Admission {
  queueToken: string;
  /** ISO 8601. */
  expiresAt: string;
  /** Until when the user can choose places. A hold prolongs only the time to pay it. ISO 8601. */
  bookingUntil: string;
}

/** What this browser knows of a user's turn in one queue. */
export interface Turn {
  /** Rises with each change, so that a late response to an older request is noticed. */
  version: number;
  /** null: the user has no open entry. */
  entry: QueueEntry | null;
  /** Why the user's waiting has ended, if it has ended since the user joined in this browser. */
  waitingEnd: WaitingEnd['endReason'] | null;
  /** Whether the user asked to be told when admitted. */
  isAlertWanted: boolean;
  /** The concert for which the user waits; undefined if another browser knows. */
  concertId: number | undefined;
}

/** Whose turn it is, and in which queue. */
export interface TurnOwner {
  subject: string;
  queueId: number;
}

const TURNS = 'seatlane.turn.';
const keyOf = ({ queueId, subject }: TurnOwner) => `${TURNS}${queueId}.${subject}`;

/** Pages with another name than that of buyers keep it in their tab: several operators may share their computer. */
const page = document.body.dataset.keep;
const storage = page === undefined ? localStorage : sessionStorage;

export const user = makeStoredStore<User | null>(storage, () => `seatlane.${page ?? 'user'}`, null);

// The browser does not tell a page of changes in other tabs while it is frozen, or kept for the back button.
addEventListener('pageshow', user.reread);
document.addEventListener('visibilitychange', user.reread);

/** The queue of the concert that the user looked at last in this tab. */
export const queueId = makeKeptStore('queue', lastQueue());
queueId.subscribe(() => storage.setItem('seatlane.queue', String(queueId.get())));

/** The turn in the chosen queue; null: not read yet. */
export const turn = makeStoredStore<Turn | null>(storage, () => ownedKey(turnOwner()), null);
user.subscribe(turn.reread);
queueId.subscribe(turn.reread);

const endedAt = turn.get()?.entry?.expiresAt;
/** Whether the session seems to have ended while no tab was open. That needs no message, but a look at the entry. */
export const hasEndedMeanwhile = Boolean(endedAt) && secondsUntil(endedAt as string) === 0;
if (hasEndedMeanwhile) turn.set(null);

/** The user's open entry; null: there is none; undefined: not read yet. */
export const queueEntry = makeDerivedStore(() => turn.get()?.entry, turn);
export const waitingEnd = makeDerivedStore(() => turn.get()?.waitingEnd ?? null, turn);
/** The user's queue token, until its session ends. */
export const admission = makeDerivedStore(admissionOf, turn);
/** Whether the user can choose nothing more, but only pay what is held. The clock of the turn sets it. */
export const isBookingOver = makeStore(false);

/** A new tab begins with the queue of the latest one, so that a turn is shown there too. */
function lastQueue(): number {
  return Number(storage.getItem('seatlane.queue')) || HOUSE_QUEUE;
}

/** undefined if nobody is signed in */
export function turnOwner(): TurnOwner | undefined {
  const subject = user.get()?.subject;
  return subject === undefined ? undefined : { subject, queueId: queueId.get() };
}

function ownedKey(owner: TurnOwner | undefined): string | undefined {
  return owner && keyOf(owner);
}

function admissionOf(): Admission | null {
  const { queueToken, expiresAt, bookingUntil } = turn.get()?.entry ?? {};
  if (!queueToken || !expiresAt) return null;
  return { queueToken, expiresAt, bookingUntil: bookingUntil ?? expiresAt };
}

/**
 * Changes the turn of an owner, in all tabs, unless another user has signed in meanwhile.
 * @param change receives what is known; null: forget it
 */
export function changeTurn(owner: TurnOwner, change: (known: Turn | null) => Turn | null): void {
  user.reread();
  if (user.get()?.subject !== owner.subject) return;
  const key = keyOf(owner);
  const known = turnOf(key);
  const next = change(known);
  if (next === known) {
    turn.reread();
    return;
  }
  if (next) storage.setItem(key, JSON.stringify({ ...next, version: (known?.version ?? 0) + 1 }));
  else storage.removeItem(key);
  turn.reread();
}

/** The version of what is known of the turn, to recognise later whether it has changed. */
export function turnVersion(owner: TurnOwner): number {
  return turnOf(keyOf(owner))?.version ?? 0;
}

function turnOf(key: string): Turn | null {
  try {
    return JSON.parse(storage.getItem(key) ?? 'null');
  } catch {
    return null;
  }
}

/** Signs out in all tabs. */
export function signOut(): void {
  for (const key of Object.keys(storage)) if (key.startsWith(TURNS)) storage.removeItem(key);
  user.set(null);
  turn.reread();
}
