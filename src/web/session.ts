/** The signed-in user and the user's queue token, kept while the tab is open. */
import { makeKeptStore } from './store.ts';

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
export const admission = makeKeptStore<Admission | null>('admission', null);

export function signOut(): void {
  admission.set(null);
  user.set(null);
}
