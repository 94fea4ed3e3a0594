/** The check of responses finds differences from the API document. */
import { expect, test } from 'vitest';
import { expectDocumented } from '../../../../support/http/documented-api.ts';

const concert = {
  id: 1,
  title: 'Gala',
  description: null,
  createdAt: '2026-11-20T09:00:00.000Z',
  queueId: 1,
};
const json = { 'Content-Type': 'application/json', 'X-Request-Id': 'r.1' };
const problem = {
  type: 'urn:seatlane:problem:concert-not-found',
  title: 'Concert not found',
  status: 404,
  detail: 'There is no concert 7.',
  code: 'CONCERT_NOT_FOUND',
};
const problemHeaders = { ...json, 'Content-Type': 'application/problem+json' };
const job = {
  id: 'user-5_x',
  command: 'enter-queue',
  state: 'queued',
  result: null,
  problem: null,
  createdAt: '2026-11-21T02:20:08.351Z',
  finishedAt: null,
};

function answers(path: string, status: number, headers: Record<string, string>, body: unknown) {
  const method = path.startsWith('/users') ? 'POST' : 'GET';
  return () => expectDocumented(method, path, { status, headers: new Headers(headers), body });
}

test('responses that match the document pass', () => {
  const accepted = { ...json, Location: '/jobs/user-5_x', 'Retry-After': '1' };
  for (const each of [
    answers('/concerts/1?x=1', 200, json, concert),
    answers('/concerts/7', 404, problemHeaders, problem),
    answers('/concerts/7', 404, problemHeaders, { ...problem, concertId: 7 }),
    answers('/users/queue', 202, accepted, job),
  ]) {
    expect(each).not.toThrow();
  }
});

test.each([
  ['an undocumented status', answers('/concerts/1', 206, json, concert)],
  ['a missing field', answers('/concerts/1', 200, json, { ...concert, title: undefined })],
  ['a wrong type', answers('/concerts/1', 200, json, { ...concert, id: '1' })],
  ['a wrong format', answers('/concerts/1', 200, json, { ...concert, createdAt: 'yesterday' })],
  ['an undocumented field', answers('/concerts/1', 200, json, { ...concert, secret: 1 })],
  [
    'a missing header',
    answers('/concerts/1', 200, { 'Content-Type': 'application/json' }, concert),
  ],
  ['an undocumented header', answers('/concerts/1', 200, { ...json, ETag: '"1"' }, concert)],
  ['a problem of another type', answers('/concerts/7', 404, json, problem)],
  ['a command without its job', answers('/users/queue', 202, json, job)],
  ['a problem of an unknown path', answers('/no/such/path', 404, problemHeaders, {})],
])('%s fails', (_, answer) => {
  expect(answer).toThrow(/otherwise than \/openapi\.json documents/);
});
