/** The texts of the frame of all views and of signing in, in English. */
import { s } from './plural.ts';

export const page = {
  skip: 'Skip to content',
  concerts: 'Concerts',
  myOrders: 'My orders',
  signOut: 'Sign out',
  otherLanguage: '한국어',
  loading: 'Loading…',
  retry: 'Try again',
  close: 'Close',
  reload: 'Reload the page',
  points: (amount: string) => `${amount} ${amount === '1' ? 'point' : 'points'}`,
  seats: (count: number, shown = String(count)) => `${shown} seat${s(count)}`,

  signInTitle: 'Sign in to book',
  yourName: 'Your name',
  nameHint: 'This is a demo of Seatlane, so there is no password.',
  accessToken: 'Access token',
  tokenHint: 'Seatlane has no sign-in page. Paste the token that your identity provider gave you.',
  signIn: 'Sign in',
};
