/** The page's texts in the user's language, with the formats of its numbers and dates. */
import { makeStore, useStore } from './store.ts';
import type { Texts } from './texts/en.ts';

/** Only the chosen language is loaded: the other one would be a seventh of the first page. */
const loads = {
  en: () => import('./texts/en.ts').then(({ en }): Texts => en),
  ko: () => import('./texts/ko.ts').then(({ ko }): Texts => ko),
} as const;
export type Language = keyof typeof loads;

const loaded = new Map<Language, Texts>();

async function load(language: Language): Promise<void> {
  if (!loaded.has(language)) loaded.set(language, await loads[language]());
}

const KEY = 'seatlane.language';

function preferred(): Language {
  const kept = localStorage.getItem(KEY);
  const wanted = [kept, ...navigator.languages].map((tag) => tag?.slice(0, 2).toLowerCase());
  return wanted.find((tag): tag is Language => tag === 'en' || tag === 'ko') ?? 'en';
}

const language = makeStore<Language>(preferred());
await load(language.get());

function showLanguage(): void {
  document.documentElement.lang = language.get();
}
language.subscribe(showLanguage);
showLanguage();

/** Shows another language once it is loaded. If it cannot be loaded, the page stays as it is. */
export function setLanguage(chosen: Language): void {
  load(chosen).then(
    () => {
      localStorage.setItem(KEY, chosen);
      language.set(chosen);
    },
    () => undefined,
  );
}

export interface Words {
  language: Language;
  t: Texts;
  number(value: number): string;
  /** @param amount in minor units @param currency ISO 4217 */
  money(amount: number, currency: string): string;
  /** An amount of money, or of points if there is no currency. */
  amountText(amount: number, currency: string | null): string;
  /**
   * Formats a date with its weekday.
   * @param time ISO 8601
   * @param zone IANA name of the venue's time zone; by default the device's
   */
  day(time: string, zone?: string): string;
  /** Formats a time of day; with `zone`, of that time zone and with its name. */
  hour(time: string, zone?: string): string;
  /** Formats a date and time, short; with `zone`, of that time zone and with its name. */
  moment(time: string, zone?: string): string;
}

const made = new Map<Language, Words>();

function wordsOf(chosen: Language): Words {
  const known = made.get(chosen);
  if (known) return known;
  const t = loaded.get(chosen) as Texts;
  // The region matters too: date formats differ between en-GB and en-US.
  const locale = navigator.languages.find((tag) => tag.startsWith(chosen)) ?? chosen;
  const numbers = new Intl.NumberFormat(locale);
  const formatted = timeFormats(locale);
  const words: Words = {
    language: chosen,
    t,
    number: (value) => numbers.format(value),
    money: (amount, currency) => moneyText(locale, amount, currency),
    amountText: (amount, currency) =>
      currency === null ? t.points(numbers.format(amount)) : moneyText(locale, amount, currency),
    day: (time, zone) => formatted(time, DAY, zone),
    hour: (time, zone) => formatted(time, HOUR, zone),
    moment: (time, zone) => formatted(time, { ...DATE, ...HOUR }, zone),
  };
  made.set(chosen, words);
  return words;
}

const DATE = { year: 'numeric', month: 'short', day: 'numeric' } as const;
const DAY = { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' } as const;
const HOUR = { hour: 'numeric', minute: '2-digit' } as const;

/**
 * The names of time zones that everybody there knows, and that `Intl` does not give: it writes `GMT+9`. Only zones without a summer
 * time, which would change their names.
 */
const ZONE_NAMES: Readonly<Record<string, string>> = {
  'Asia/Hong_Kong': 'HKT',
  'Asia/Seoul': 'KST',
  'Asia/Tokyo': 'JST',
};

/** Making a format takes longer than using it, so each is made once. */
function timeFormats(locale: string) {
  const made = new Map<string, Intl.DateTimeFormat>();
  return (time: string, style: Intl.DateTimeFormatOptions, zone?: string): string => {
    const isNamed = zone !== undefined && 'hour' in style;
    const name = isNamed ? ZONE_NAMES[zone] : undefined;
    const key = `${Object.keys(style)} ${zone}`;
    const format =
      made.get(key) ??
      new Intl.DateTimeFormat(locale, {
        ...style,
        timeZone: zone,
        timeZoneName: isNamed && !name ? 'short' : undefined,
      });
    made.set(key, format);
    const text = format.format(Date.parse(time));
    return name ? `${text} ${name}` : text;
  };
}

/** An amount as people write it, such as `₩24,000` or `€12.00`. */
function moneyText(locale: string, amount: number, currency: string): string {
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency });
  const { maximumFractionDigits: digits = 0 } = format.resolvedOptions();
  return format.format(amount / 10 ** digits);
}

/** The words outside of views, in the language of this moment. */
export const wordsNow = (): Words => wordsOf(language.get());

export function useWords(): Words {
  return wordsOf(useStore(language));
}

/** Minutes and seconds, such as `4:05`. */
export function clockFace(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return `${minutes}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;
}
