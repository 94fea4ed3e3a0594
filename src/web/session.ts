/** Who uses the page and what lets them book, kept for as long as the tab is open. */
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

/** The board keeps its operator apart from who buys in the same tab. */
export const user = makeKeptStore<User | null>(document.body.dataset.keep ?? 'user', null);
export const admission = makeKeptStore<Admission | null>('admission', null);

export function signOut(): void {
  admission.set(null);
  user.set(null);
}
