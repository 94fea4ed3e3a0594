/** Text in requests: how it is normalised, and which text is refused. */
import { describe, expect, test } from 'vitest';
import {
  firstCharacters,
  isStorable,
  lengthOf,
  line,
  optionalText,
} from '../../../../src/commands/schemas/text.ts';

describe('a text', () => {
  const broken = ['\0', 'a\0b', '\ud800', 'a\udc00b', '\udc00\ud800'];

  test.each(broken)('%j cannot be stored', (text) => {
    expect(isStorable(text)).toBe(false);
    expect(line(10).safeParse(text).success).toBe(false);
    expect(optionalText(10).safeParse(text).success).toBe(false);
  });

  test.each(['', 'Ünïcødé', '🎫', 'two\nlines', '\u0001'])('%j can be stored', (text) => {
    expect(isStorable(text)).toBe(true);
  });

  test('of one line is trimmed, and must then be neither empty nor too long', () => {
    expect(line(5).parse('  Ada  ')).toBe('Ada');
    expect(line(5).parse(' 12345 ')).toBe('12345');
    for (const wrong of ['', '   ', '\u00a0', '123456', 5, null]) {
      expect(line(5).safeParse(wrong).success).toBe(false);
    }
  });

  test('that is optional is null if it is missing', () => {
    for (const missing of [undefined, null]) expect(optionalText(5).parse(missing)).toBeNull();
    expect(optionalText(5).parse(' a\nb ')).toBe(' a\nb ');
    expect(optionalText(5).safeParse('123456').success).toBe(false);
  });

  test('of one line can contain emoji that are joined by invisible characters', () => {
    for (const text of ['❤️ live', '👨‍👩‍👧 day', '1️⃣']) expect(line(20).parse(text)).toBe(text);
  });

  test.each([
    'a\u200bb',
    'a\u200db',
    '\u202eabc',
    'a\ufeff',
    'a\u00adb',
    'a\u2060b',
    'A\ufe0f',
    '\u061ca',

    '\u200b',
    '\u3164',
    '\u115f',
    '\u2800',
    '\u034f',
    '\u{e0041}',
    '\u2028',
    'a\tb',
    'a\n',
    '\u0085',
  ])('of one line cannot be %j, which has invisible characters', (text) => {
    expect(line(20).safeParse(text).success).toBe(false);
  });

  test.each([
    ['Ame\u0301lie', 'Amélie'],
    ['\u212bngstr\u00f6m', 'Ångström'],
    ['Row\u00a01', 'Row 1'],
    ['Row \u2003 1', 'Row 1'],
  ])('of one line is normalised: %j becomes %j', (given, read) => {
    expect(line(20).parse(given)).toBe(read);
  });

  test('with too many combining marks is refused, because normalising it takes quadratic time', () => {
    const text = (marks: number) => `a${'\u0301\u0316'.repeat(marks / 2)}`;
    expect(optionalText(100).safeParse(text(30)).success).toBe(true);
    expect(optionalText(200_000).safeParse(text(32)).success).toBe(false);
    expect(line(200).safeParse(text(32)).success).toBe(false);
    for (const long of [text(500_000), '\u200d1'.repeat(250_000), ' x'.repeat(250_000)]) {
      expect(line(200).safeParse(long).error?.issues).toHaveLength(1);
    }
  });

  test('of several lines is normalised to NFC and can contain tabs', () => {
    expect(optionalText(20).parse('e\u0301\n\tb')).toBe('\u00e9\n\tb');
  });

  test('is measured in code points after it was normalised', () => {
    expect(line(5).parse('😀'.repeat(5))).toBe('😀'.repeat(5));
    expect(line(5).safeParse('😀'.repeat(6)).success).toBe(false);
    expect(line(5).parse('e\u0301'.repeat(5))).toBe('é'.repeat(5));
    expect(lengthOf('a😀')).toBe(2);
  });

  test('is cut between code points, never within one', () => {
    expect(firstCharacters('😀'.repeat(5), 3)).toBe('😀😀😀');
    expect(firstCharacters('ab', 3)).toBe('ab');
  });
});
