/** The response to a thrown error: 503 with Retry-After if a service is unavailable, otherwise 500. */
import { Hono } from 'hono';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { RequestAborted, RequestOverdue } from '../../../../src/http/deadline.ts';
import { errorResponse } from '../../../../src/http/problems/errors.ts';
import { Problem } from '../../../../src/http/problems/problems.ts';
import { openRequestContext, type RequestContext } from '../../../../src/http/request-context.ts';
import { AcceptanceUnknown } from '../../../../src/lanes/acceptance-unknown.ts';

async function answerTo(error: Error, more: Partial<RequestContext> = {}) {
  let logged = '';
  const log = pino({ level: 'warn' }, { write: (line: string) => (logged += line) });
  const app = new Hono();
  app.get('/', () => {
    throw error;
  });
  app.onError((thrown, c) => errorResponse(log, thrown, c, { ...openRequestContext(c), ...more }));
  const answer = await app.request('/');
  const text = await answer.text();
  const { code, detail } = (text === '' ? {} : JSON.parse(text)) as Record<string, string>;
  const { status, headers } = answer;
  const [retryAfter, location] = [headers.get('retry-after'), headers.get('location')];
  return { status, code, detail, retryAfter, location, logged };
}

const withCode = (code: string) => Object.assign(new Error('It failed.'), { code });

test.each([new Error('Command timed out'), withCode('57P01'), new RequestOverdue()])(
  'a service that is away: %s',
  async (error) => {
    const answer = await answerTo(error);
    expect(answer).toMatchObject({ status: 503, code: 'SERVICE_UNAVAILABLE', retryAfter: '1' });
    expect(answer.detail).toContain('changed nothing');
    expect(answer.logged).toContain('"level":40');
  },
);

test.each([
  [new AcceptanceUnknown('user-3_x', new Error('Command timed out')), {}],
  [new RequestOverdue(), { jobId: 'user-3_x' }],
])('a command that may have been accepted: %s', async (error, requestContext) => {
  const answer = await answerTo(error, requestContext);
  expect(answer).toMatchObject({ status: 503, code: 'ACCEPTANCE_UNKNOWN', retryAfter: '1' });
  expect(answer.location).toBe('/jobs/user-3_x');
  expect(answer.detail).toContain('Idempotency-Key');
  expect(answer.detail).not.toContain('nothing');
});

test('a client that disconnects before its request arrives is not logged as an error', async () => {
  const { status, logged } = await answerTo(new RequestAborted(new Error('aborted')));
  expect([status, logged]).toEqual([499, '']);
});

test.each([new Error('x is not a function'), withCode('42P01')])(
  'an unexpected error: %s',
  async (error) => {
    const { status, code, logged } = await answerTo(error);
    expect([status, code]).toEqual([500, 'INTERNAL_ERROR']);
    expect(logged).toContain('"level":50');
  },
);

test('a problem is returned unchanged and not logged', async () => {
  const { code, logged } = await answerTo(new Problem('SEAT_NOT_FOUND', { detail: 'No.' }));
  expect([code, logged]).toEqual(['SEAT_NOT_FOUND', '']);
});
