/** What a client hears of errors that were thrown: a service that is away is worth another try, all else is our fault. */
import { Hono } from 'hono';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { answerError } from '../../../src/http/answer-error.ts';
import { Problem } from '../../../src/http/problems.ts';
import { openTrail } from '../../../src/http/trail.ts';

async function answerTo(error: Error): Promise<{ status: number; code: string; logged: string }> {
  let logged = '';
  const log = pino({ level: 'warn' }, { write: (line: string) => (logged += line) });
  const app = new Hono();
  app.get('/', () => {
    throw error;
  });
  app.onError((thrown, c) => answerError(log, thrown, c, openTrail(c)));
  const answer = await app.request('/');
  const { code } = (await answer.json()) as { code: string };
  return { status: answer.status, code, logged };
}

const withCode = (code: string) => Object.assign(new Error('It failed.'), { code });

test.each([
  // PostgreSQL's driver, as it says these things.
  new Error('Connection terminated unexpectedly'),
  new Error('Client has encountered a connection error and is not queryable'),
  new Error('Client was closed and is not queryable'),
  new Error('timeout exceeded when trying to connect'),
  withCode('57P01'),
  withCode('53300'),
  withCode('ECONNREFUSED'),
  // Redis's.
  new Error("Stream isn't writeable and enableOfflineQueue options is false"),
  new Error('Connection is closed.'),
  new Error('LOADING Redis is loading the dataset in memory'),
  new Error('CLUSTERDOWN The cluster is down'),
])('a service that is away: %s', async (error) => {
  const { status, code, logged } = await answerTo(error);
  expect([status, code]).toEqual([503, 'SERVICE_UNAVAILABLE']);
  expect(logged).toContain('"level":40');
});

test.each([new Error('x is not a function'), withCode('42P01')])(
  'what nobody has foreseen: %s',
  async (error) => {
    const { status, code, logged } = await answerTo(error);
    expect([status, code]).toEqual([500, 'INTERNAL_ERROR']);
    expect(logged).toContain('"level":50');
  },
);

test('a problem is answered as it is, and nothing logged', async () => {
  const { code, logged } = await answerTo(new Problem('SEAT_NOT_FOUND', { detail: 'No.' }));
  expect([code, logged]).toEqual(['SEAT_NOT_FOUND', '']);
});
