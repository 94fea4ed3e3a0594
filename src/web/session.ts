/** The signed-in user and the user's queue token, kept while the tab is open. */
import { makeKeptStore } from './store.ts';

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
}

/** The board stores its operator under another name than the buyers' page in the same tab. */
export const user = makeKeptStore<User | null>(document.body.dataset.keep ?? 'user', null);
/** The queue of the concert that the user looked at last. The admission is of this queue. */
export const queueId = makeKeptStore('queue', HOUSE_QUEUE);
export const admission = makeKeptStore<Admission | null>('admission', null);

export function signOut(): void {
  admission.set(null);
  user.set(null);
}
