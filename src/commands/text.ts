/**
 * Text as it is accepted from outside. Lengths are counted in Unicode code points everywhere, as zod, JSON Schema and
 * PostgreSQL's varchar(n) do.
 */
import { z } from 'zod';

/** Whether PostgreSQL can store the text: it has no NUL and no half of a surrogate pair. */
export const isStorable = (text: string) => !text.includes('\0') && text.isWellFormed();

export const storable = z
  .string()
  .refine(isStorable, 'must be text without NUL or broken characters');

/**
 * A name or another text of one line, such as a title or a row. It is normalised, so that two names that look the same
 * are the same: NFC, with single spaces, and without spaces at its ends.
 */
export const line = (lengthMax: number) =>
  normalisable(lengthMax)
    .overwrite(toLine)
    .min(1, { abort: true })
    .max(lengthMax, { abort: true })
    .refine(isVisible, 'must not have invisible characters');

/** Text of several lines that may be missing or null, in NFC. */
export const optionalText = (lengthMax: number) =>
  normalisable(lengthMax)
    .overwrite((text) => text.normalize('NFC'))
    .max(lengthMax)
    .nullish()
    .transform((given) => given ?? null);

/** A text that is so much longer than its limit is too long in any form. */
const SHRINKS_AT_MOST = 4;
/** More marks on one letter than any language has (UAX #15 allows 30). */
const TOO_MANY_MARKS = /\p{M}{31}/u;

/** Text that is normalised in a time that follows its length; with long runs of marks it would follow the square. */
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

/** How many characters a text has, in code points. */
export const lengthOf = (text: string) => [...text].length;

/** The first characters of a text, in code points. */
export const firstCharacters = (text: string, count: number) =>
  text.length <= count ? text : [...text].slice(0, count).join('');

const SPACES = /\p{Zs}+/gu;

function toLine(text: string): string {
  return text.normalize('NFC').replaceAll(SPACES, ' ').replace(/^ | $/g, '');
}

/**
 * Characters that show nothing or change how others show: control and format characters (zero-width, bidi), line
 * separators, fillers, and the blank of Braille.
 */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u2800]/u;
/** Within an emoji such characters are part of what is seen: they join persons to a family. */
const EMOJI = /\p{RGI_Emoji}/gv;

function isVisible(text: string): boolean {
  return !INVISIBLE.test(text) || !INVISIBLE.test(text.replaceAll(EMOJI, ''));
}
