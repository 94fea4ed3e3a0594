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
  storable.overwrite(toLine).min(1).max(lengthMax).refine(isVisible, {
    error: 'must not have invisible characters',
  });

/** Text of several lines that may be missing or null, in NFC. */
export const optionalText = (lengthMax: number) =>
  storable
    .overwrite((text) => text.normalize('NFC'))
    .max(lengthMax)
    .nullish()
    .transform((given) => given ?? null);

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
