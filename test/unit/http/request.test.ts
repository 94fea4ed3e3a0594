/** Valid and invalid values in the headers and the path of a request. */
import { describe, expect, test } from 'vitest';
import {
  checkIdempotencyKey,
  idempotencyKeyOf,
  pathId,
  preferredWaitMs,
  queryOf,
} from '../../../src/http/request.ts';
import { outcomeOf } from './outcome-of.ts';

const withHeader = (name: string, value: string | undefined): RequestInit =>
  value === undefined ? {} : { headers: { [name]: value } };

describe('the requested wait', () => {
  test.each([
    ['wait=5', 5000],
    ['wait=0', 0],
    ['wait=30', 30_000],
    ['wait=31', 30_000],
    ['wait=999999999', 30_000],
    ['Wait=5', 5000],
    [' wait = 5 ', 5000],
    ['wait="5"', 5000],
    ['wait=5; soon=1', 5000],
    ['respond-async, wait=5', 5000],
    ['respond-async,wait=5', 5000],
    ['wait=5, respond-async', 5000],
    ['wait=5, wait=9', 5000],
    ['wait=soon, wait=9', 9000],
  ])('Prefer: %s asks for %i ms', async (prefer, ms) => {
    expect(await outcomeOf(preferredWaitMs, withHeader('Prefer', prefer))).toBe(ms);
  });

  test.each([
    undefined,
    '',
    'respond-async',
    'wait',
    'wait=',
    'wait=abc',
    'wait=-5',
    'wait=5.5',
    'wait=5s',
    'wait=1e3',
    'wait=9999999999',
    'awaits=5',
    'await=5',
    'respond-async; wait=5',
  ])('Prefer: %s asks for none', async (prefer) => {
    expect(await outcomeOf(preferredWaitMs, withHeader('Prefer', prefer))).toBeUndefined();
  });
});

describe('an idempotency key', () => {
  test.each([
    ['bare', 'one', 'one'],
    ['quoted', '"one"', 'one'],
    ['with blanks around it', '  one ', 'one'],
    ['with a blank in it', 'one two', 'one two'],
    ['with a quote that was escaped', '"o\\"ne"', 'o"ne'],
    ['with a backslash that was escaped', '"o\\\\ne"', 'o\\ne'],
    ['with a quote at one end', '"one', '"one'],
    ['with a quote in the middle', '"o"ne"', '"o"ne"'],
    ['of 255 characters', 'x'.repeat(255), 'x'.repeat(255)],
    ['of 255 characters in quotes', `"${'x'.repeat(255)}"`, 'x'.repeat(255)],
  ])('%s is read', async (_form, sent, key) => {
    const request = withHeader('Idempotency-Key', sent);
    expect(await outcomeOf(idempotencyKeyOf, request)).toBe(key);
  });

  test('that is missing is undefined', async () => {
    expect(await outcomeOf(idempotencyKeyOf)).toBeUndefined();
  });

  test.each([
    ['empty', ''],
    ['empty in quotes', '""'],
    ['of blanks', '   '],
    ['of 256 characters', 'x'.repeat(256)],
    ['of 256 characters in quotes', `"${'x'.repeat(256)}"`],
    ['with an umlaut', 'ünö'],
    ['with a tab', 'a\tb'],
    ['with NUL', 'a\0b'],
    ['with a line break', 'a\nb'],
  ])('%s is refused by name', (_form, sent) => {
    expect(() => checkIdempotencyKey(sent)).toThrow(
      expect.objectContaining({
        code: 'VALIDATION_FAILED',
        details: expect.objectContaining({
          errors: expect.arrayContaining([expect.objectContaining({ path: 'Idempotency-Key' })]),
        }),
      }),
    );
  });

  test('that is invalid causes a refused request', async () => {
    const request = withHeader('Idempotency-Key', 'x'.repeat(256));
    expect(await outcomeOf(idempotencyKeyOf, request)).toMatchObject({ code: 'VALIDATION_FAILED' });
  });
});

describe('an id in a path', () => {
  test.each([
    ['1', 1],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ])('%s is read', (text, id) => {
    expect(pathId.parse(text)).toBe(id);
  });

  test.each([
    '',
    '0',
    '-1',
    '01',
    '1.0',
    '1e3',
    '0x1',
    ' 1',
    '1 ',
    '1\n',
    '１',
    '+1',
    'one',
    'NaN',
    '9007199254740992',
    '99999999999999999999',
  ])('%j names nothing', (text) => {
    expect(pathId.safeParse(text).success).toBe(false);
  });
});

describe('the query', () => {
  const asked = (query: string) => outcomeOf(queryOf, {}, query);

  test('has each parameter by its name', async () => {
    expect(await asked('?state=paid&limit=5&empty=')).toEqual({
      state: 'paid',
      limit: '5',
      empty: '',
    });
    expect(await asked('?')).toEqual({});
    expect(await asked('?limit=5&limit=5')).toEqual({ limit: '5' });
  });

  test('with a parameter that has two values is refused', async () => {
    const problem = await asked('?state=paid&limit=1&state=held');
    expect(problem).toMatchObject({ code: 'VALIDATION_FAILED' });
    expect(JSON.stringify(problem)).toContain('must be given once');
  });
});
