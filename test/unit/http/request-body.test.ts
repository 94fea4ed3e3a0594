/** How the JSON body of a request is read, and which bodies are refused. */
import type { Context } from 'hono';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  BODY_BYTES_MAX,
  DEPTH_MAX,
  readJson,
  readTextSoon,
  UNKNOWN_SENDER_MS,
} from '../../../src/http/request-body.ts';
import { outcomeOf } from './outcome-of.ts';

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

  /** A body without a declared length, as streaming clients send it. */
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

  test('that is no UTF-8 is refused, and a byte order mark left out', async () => {
    const latin = {
      ...sent('{"title":"Ränge"}'),
      body: Buffer.from('{"title":"Ränge"}', 'latin1'),
    };
    expect(await outcomeOf(readJson, latin)).toMatchObject({ code: 'MALFORMED_JSON' });
    expect(await outcomeOf(readJson, sent('\ufeff{"amount": 5}'))).toEqual({ amount: 5 });
    expect(await outcomeOf(readJson, streamed(['\ufeff{"amount"', ': 5}']))).toEqual({ amount: 5 });
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

  test('that is not JSON is refused', async () => {
    expect(await outcomeOf(readJson, sent('{'))).toMatchObject({ code: 'MALFORMED_JSON' });
  });

  test('is read up to its limit; one with a longer declared length is refused before it is read', async () => {
    const longest = `"${'x'.repeat(BODY_BYTES_MAX - 2)}"`;
    expect(await outcomeOf(readJson, sent(longest))).toHaveLength(BODY_BYTES_MAX - 2);
    const tooLong = sent('{}', { 'content-length': String(BODY_BYTES_MAX + 1) });
    expect(await outcomeOf(readJson, tooLong)).toMatchObject({ code: 'BODY_TOO_LARGE' });
  });

  test('can have a limit for each route', async () => {
    const text = `"${'x'.repeat(BODY_BYTES_MAX)}"`;
    const read = (c: Context) => readJson(c, 2 * BODY_BYTES_MAX);
    expect(await outcomeOf(read, sent(text))).toHaveLength(BODY_BYTES_MAX);
    expect(await outcomeOf(read, streamed([text]))).toHaveLength(BODY_BYTES_MAX);
    expect(await outcomeOf(readJson, streamed([text]))).toMatchObject({ code: 'BODY_TOO_LARGE' });
  });

  const nested = (depth: number) => `${'[{"a":'.repeat(depth / 2)}1${'}]'.repeat(depth / 2)}`;

  test('can be nested up to the limit and no deeper', async () => {
    expect(await outcomeOf(readJson, sent(nested(DEPTH_MAX)))).toEqual(
      JSON.parse(nested(DEPTH_MAX)),
    );
    for (const text of [nested(DEPTH_MAX + 2), '['.repeat(DEPTH_MAX + 1)]) {
      expect(await outcomeOf(readJson, sent(text))).toMatchObject({
        code: 'VALIDATION_FAILED',
        details: { errors: [{ path: '', message: expect.stringContaining('nested') }] },
      });
    }
  });

  test('can have any brackets in its strings, and any number of brackets that are not nested', async () => {
    for (const value of [`\\"${'[{'.repeat(50)}`, Array.from({ length: 50 }, () => [{}]), '"[[']) {
      expect(await outcomeOf(readJson, sent(JSON.stringify({ value })))).toEqual({ value });
    }
  });

  test('that arrives in pieces is joined, also within a character', async () => {
    const bytes = new TextEncoder().encode('{"title": "Ünplugged"}');
    const body = ReadableStream.from([bytes.slice(0, 12), bytes.slice(12)]);
    const request = { ...streamed([]), body };
    expect(await outcomeOf(readJson, request)).toEqual({ title: 'Ünplugged' });
  });

  test('that arrives in endless pieces is refused as soon as it is too long', async () => {
    const chunk = ' '.repeat(64 * 1024);
    const problem = await outcomeOf(readJson, streamed(Array.from({ length: 9 }, () => chunk)));
    expect(problem).toMatchObject({ code: 'BODY_TOO_LARGE' });
  });
});

describe('a body of an unknown sender', () => {
  afterEach(() => vi.useRealTimers());

  /** A body of which only the first chunk comes. */
  const begun = (): RequestInit => {
    const body = new ReadableStream({ start: (stream) => stream.enqueue(new Uint8Array(3)) });
    const headers = { 'transfer-encoding': 'chunked' };
    return { method: 'POST', body, headers, duplex: 'half' } as RequestInit;
  };

  test('is read as text', async () => {
    expect(await outcomeOf(readTextSoon, { method: 'POST', body: '{' })).toBe('{');
  });

  test('is not waited for', async () => {
    vi.useFakeTimers();
    let isEnded = false;
    const outcome = outcomeOf(readTextSoon, begun()).finally(() => (isEnded = true));
    await vi.advanceTimersByTimeAsync(UNKNOWN_SENDER_MS - 1);
    expect(isEnded).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await outcome).toMatchObject({ code: 'REQUEST_TIMEOUT' });
    expect(vi.getTimerCount()).toBe(0);
  });
});
