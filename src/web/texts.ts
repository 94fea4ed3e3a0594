/** The page's texts in the user's language, with the formats of its numbers and dates. */
import { makeStore, useStore } from './store.ts';
import { en, type Texts } from './texts/en.ts';
import { ko } from './texts/ko.ts';

export const LANGUAGES = { en, ko } as const;
export type Language = keyof typeof LANGUAGES;

const KEY = 'seatlane.language';

function preferred(): Language {
  const kept = localStorage.getItem(KEY);
  const wanted = [kept, ...navigator.languages].map((tag) => tag?.slice(0, 2).toLowerCase());
  return wanted.find((tag): tag is Language => tag === 'en' || tag === 'ko') ?? 'en';
}

const language = makeStore<Language>(preferred());

function showLanguage(): void {
  document.documentElement.lang = language.get();
}
language.subscribe(showLanguage);
showLanguage();

export function setLanguage(chosen: Language): void {
  localStorage.setItem(KEY, chosen);
  language.set(chosen);
}

export interface Words {
  language: Language;
  t: Texts;
  number(value: number): string;
  /** @param amount in minor units @param currency ISO 4217 */
  money(amount: number, currency: string): string;
  /** Formats a date with its weekday. @param time ISO 8601 */
  day(time: string): string;
  /** Formats a time of day. */
  hour(time: string): string;
  /** Formats a date and time, short. */
  moment(time: string): string;
}

const made = new Map<Language, Words>();

function wordsOf(chosen: Language): Words {
  const known = made.get(chosen);
  if (known) return known;
  // The region matters too: date formats differ between en-GB and en-US.
  const locale = navigator.languages.find((tag) => tag.startsWith(chosen)) ?? chosen;
  const numbers = new Intl.NumberFormat(locale);
  const days = new Intl.DateTimeFormat(locale, { dateStyle: 'full' });
  const hours = new Intl.DateTimeFormat(locale, { timeStyle: 'short' });
  const moments = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const words: Words = {
    language: chosen,
    t: LANGUAGES[chosen],
    number: (value) => numbers.format(value),
    money: (amount, currency) => moneyText(locale, amount, currency),
    day: (time) => days.format(Date.parse(time)),
    hour: (time) => hours.format(Date.parse(time)),
    moment: (time) => moments.format(Date.parse(time)),
  };
  made.set(chosen, words);
  return words;
}

/** An amount as people write it, such as `₩24,000` or `€12.00`. */
function moneyText(locale: string, amount: number, currency: string): string {
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency });
  const { maximumFractionDigits: digits = 0 } = format.resolvedOptions();
  return format.format(amount / 10 ** digits);
}

export function useWords(): Words {
  return wordsOf(useStore(language));
}

/** Minutes and seconds, such as `4:05`. */
export function clockFace(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return `${minutes}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;
}
