/** What a request brings in its headers, path and body, and what is refused of it. */
import { type Context, Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Problem } from '../../../src/http/problems.ts';
import {
  BODY_BYTES_MAX,
  checkIdempotencyKey,
  idempotencyKeyOf,
  pathId,
  preferredWaitMs,
  readJson,
  validate,
} from '../../../src/http/request.ts';

/** What `read` makes of a request, or the problem that it throws. */
async function outcomeOf<Result>(
  read: (c: Context) => Result | Promise<Result>,
  request: RequestInit = {},
): Promise<Result | Problem> {
  let outcome: Result | Problem | undefined;
  const app = new Hono().all('/', async (c) => {
    outcome = await Promise.resolve()
      .then(() => read(c))
      .catch((error: unknown) => {
        if (error instanceof Problem) return error;
        throw error;
      });
    return c.body(null);
  });
  const response = await app.request('/', request);
  expect(response.status).toBe(200);
  return outcome as Result | Problem;
}

const withHeader = (name: string, value: string | undefined): RequestInit =>
  value === undefined ? {} : { headers: { [name]: value } };

describe('how long a client wants to wait', () => {
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

  test('that is not sent is none', async () => {
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

  test('that is refused is refused in a request too', async () => {
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
    ...['', '0', '-1', '01', '1.0', '1e3', '0x1', ' 1', '1 ', '1\n', '１', '+1', 'one', 'NaN'],
    ...['9007199254740992', '99999999999999999999'],
  ])('%j names nothing', (text) => {
    expect(pathId.safeParse(text).success).toBe(false);
  });
});

describe('what is not valid', () => {
  const schema = z.strictObject({
    amount: z.int(),
    seats: z.array(z.strictObject({ from: z.int() })).optional(),
  });
  const errorsOf = (value: unknown) => {
    try {
      validate(schema, value, 'body');
      return [];
    } catch (error) {
      return (error as Problem).details.errors ?? [];
    }
  };
  const pathsOf = (value: unknown) => errorsOf(value).map(({ path }) => path);

  test('is named, all of it at once', () => {
    expect(pathsOf({ seats: [{ from: 'one' }] }).toSorted()).toEqual(['amount', 'seats.0.from']);
  });

  test('is named by its own name where it is a field that nobody knows', () => {
    expect(errorsOf({ amount: 1, userId: 2, role: 3 })).toEqual([
      { path: 'userId', message: 'is not known here' },
      { path: 'role', message: 'is not known here' },
    ]);
    expect(pathsOf({ amount: 1, seats: [{ from: 1, to: 2 }] })).toEqual(['seats.0.to']);
  });

  test('has no path where the whole is wrong', () => {
    expect(pathsOf([])).toEqual(['']);
  });

  test('says in which part of the request it stands', () => {
    expect(() => validate(schema, {}, 'query')).toThrow('The query is not valid.');
  });
});

describe('a body', () => {
  const sent = (text: string, headers: Record<string, string> = {}): RequestInit => ({
    method: 'POST',
    body: text,
    headers: {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(text)),
      ...headers,
    },
  });

  /** A body whose length nobody says, as clients that stream send it. */
  const streamed = (chunks: Iterable<string>) => {
    const body = ReadableStream.from(
      Array.from(chunks, (chunk) => new TextEncoder().encode(chunk)),
    );
    const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
    return { method: 'POST', body, headers, duplex: 'half' } as RequestInit;
  };

  test('is read as JSON', async () => {
    expect(await outcomeOf(readJson, sent('{"amount": 5}'))).toEqual({ amount: 5 });
  });

  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON',
    'application/merge-patch+json',
  ])('of type %s is taken', async (type) => {
    expect(await outcomeOf(readJson, sent('{}', { 'content-type': type }))).toEqual({});
  });

  test.each(['', 'text/plain', 'text/json', 'application/jsonp', 'application/x-json'])(
    'of type %j is not taken',
    async (type) => {
      const problem = await outcomeOf(readJson, sent('{}', { 'content-type': type }));
      expect(problem).toMatchObject({ code: 'UNSUPPORTED_MEDIA_TYPE' });
    },
  );

  test.each([
    ['nothing', {}],
    ['no bytes', sent('')],
  ])('of %s is none', async (_size, request) => {
    expect(await outcomeOf(readJson, { method: 'POST', ...request })).toBeUndefined();
  });

  test('that is no JSON is refused', async () => {
    expect(await outcomeOf(readJson, sent('{'))).toMatchObject({ code: 'MALFORMED_JSON' });
  });

  test('is read up to its limit, and refused by its length before it is read', async () => {
    const longest = `"${'x'.repeat(BODY_BYTES_MAX - 2)}"`;
    expect(await outcomeOf(readJson, sent(longest))).toHaveLength(BODY_BYTES_MAX - 2);
    const tooLong = sent('{}', { 'content-length': String(BODY_BYTES_MAX + 1) });
    expect(await outcomeOf(readJson, tooLong)).toMatchObject({ code: 'BODY_TOO_LARGE' });
  });

  test('that comes in pieces is put together, also within a character', async () => {
    const bytes = new TextEncoder().encode('{"title": "Ünplugged"}');
    const body = ReadableStream.from([bytes.slice(0, 12), bytes.slice(12)]);
    const request = { ...streamed([]), body };
    expect(await outcomeOf(readJson, request)).toEqual({ title: 'Ünplugged' });
  });

  test('that comes in pieces without end is given up when it is too long', async () => {
    const chunk = ' '.repeat(64 * 1024);
    const problem = await outcomeOf(readJson, streamed(Array.from({ length: 9 }, () => chunk)));
    expect(problem).toMatchObject({ code: 'BODY_TOO_LARGE' });
  });
});
