/**
 * Schemas for text in requests. Lengths are measured in Unicode code points, as in zod, JSON Schema and PostgreSQL's
 * varchar(n).
 */
import { z } from 'zod';

/** Whether PostgreSQL can store the text: it contains neither NUL nor an unpaired surrogate. */
export const isStorable = (text: string) => !text.includes('\0') && text.isWellFormed();

export const storable = z
  .string()
  .refine(isStorable, 'must not contain NUL or unpaired surrogates');

/** The subject of a user, as in access tokens. */
export const subject = storable.min(1).max(255);

/**
 * A text of one line, such as a title or the name of a row. It is normalised to NFC with single spaces, and trimmed, so
 * that two names that look the same are equal.
 */
export const line = (lengthMax: number) =>
  normalisable(lengthMax)
    .overwrite(toLine)
    .min(1, { abort: true })
    .max(lengthMax, { abort: true })
    .refine(isVisible, 'must not contain invisible characters');

/** Text of several lines, normalised to NFC. */
export const text = (lengthMax: number) =>
  normalisable(lengthMax)
    .overwrite((given) => given.normalize('NFC'))
    .max(lengthMax);

/** As `text`; null if it is missing. */
export const optionalText = (lengthMax: number) =>
  text(lengthMax)
    .nullish()
    .transform((given) => given ?? null);

/** Normalising shortens a text to a quarter at most, in UTF-16 units; a text longer than that is refused unread. */
const SHRINKS_AT_MOST = 4;
/** More combining marks on one letter than any language uses (UAX #15 allows 30). */
const TOO_MANY_MARKS = /\p{M}{31}/u;

/** Text that can be normalised in linear time; long runs of combining marks would take quadratic time. */
const normalisable = (lengthMax: number) =>
  storable
    .refine((text) => text.length <= SHRINKS_AT_MOST * lengthMax, {
      error: `must not have more than ${lengthMax} characters`,
      abort: true,
    })
    .refine((text) => !TOO_MANY_MARKS.test(text), {
      error: 'must not have more than 30 combining marks in a row',
      abort: true,
    });

/** The length of a text in code points. */
export const lengthOf = (text: string) => [...text].length;

/** The first `count` code points of a text. */
export const firstCharacters = (text: string, count: number) =>
  text.length <= count ? text : [...text].slice(0, count).join('');

const SPACES = /\p{Zs}+/gu;

function toLine(text: string): string {
  return text.normalize('NFC').replaceAll(SPACES, ' ').replace(/^ | $/g, '');
}

/**
 * Characters that are invisible or change how others are displayed: control and format characters (zero-width, bidi),
 * line separators, fillers, and the Braille blank.
 */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u2800]/u;
/** Emoji may contain such characters: a zero-width joiner combines persons into a family. */
const EMOJI = /\p{RGI_Emoji}/gv;

function isVisible(text: string): boolean {
  return !INVISIBLE.test(text) || !INVISIBLE.test(text.replaceAll(EMOJI, ''));
}
