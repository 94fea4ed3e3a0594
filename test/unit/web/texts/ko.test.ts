/** Every problem code of the API has a text in each language of the page. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { isProblemCode } from '../../../../src/http/problems/problems.ts';
import { en } from '../../../../src/web/texts/en.ts';
import { ko } from '../../../../src/web/texts/ko.ts';

const file = resolve(import.meta.dirname, '../../../../src/http/problems/problems.ts');
const codes = [...readFileSync(file, 'utf8').matchAll(/^ {2}([A-Z_]+): \[/gm)].map(
  ([, code = '']) => code,
);

test.each([
  ['English', en],
  ['Korean', ko],
])('%s has a text for exactly the problem codes', (_language, { problems }) => {
  expect(codes.length).toBeGreaterThan(30);
  expect(codes.every(isProblemCode)).toBe(true);
  expect(Object.keys(problems).toSorted()).toEqual([...codes, 'UNREACHABLE'].toSorted());
});

test('the Korean page has no English texts', () => {
  const untranslated = Object.entries(ko)
    .filter(([, text]) => typeof text === 'string' && !/[가-힣]/.test(text))
    .map(([key]) => key);
  expect(untranslated).toEqual(['otherLanguage']);
  for (const text of Object.values(ko.problems)) expect(text).toMatch(/[가-힣]/);
});
