/** The wait that a client requests for a command (RFC 7240), and the responses with and without a wait. */
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { Outcomes } from '../../../../src/lanes/outcomes.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';

let seatlane: TestSeatlane;
let token: string;
beforeAll(async () => {
  seatlane = await startSeatlane();
  token = await seatlane.client.tokenFor('ada');
});
afterAll(() => seatlane.stop());

const charge = (prefer?: string) =>
  seatlane.client.request('POST', '/points/charge', {
    token,
    body: { amount: 1 },
    headers: prefer === undefined ? {} : { Prefer: prefer },
  });

test.each([
  'wait=5',
  'respond-async, wait=5',
  'wait=5, respond-async',
  'respond-async,wait=5',
  'wait="5"',
  'Wait=5',
  'wait = 5',
  'wait=5; soon',
  'handling=lenient, wait=5',
  'wait=30',
  'wait=31',
  'wait=999999999',
])('with Prefer: %s the outcome is the answer', async (prefer) => {
  const { status, headers, body } = await charge(prefer);
  expect(status).toBe(200);
  expect(headers.get('preference-applied')).toBe('wait');
  expect(headers.get('location')).toBe(`/jobs/${body.id}`);
  expect(body).toMatchObject({ state: 'succeeded', problem: null });
  expect(Date.parse(body.finishedAt)).toBeGreaterThan(0);
});

test.each([
  undefined,
  '',
  'respond-async',
  'wait=0',
  'wait=abc',
  'wait=-5',
  'wait=5.5',
  'wait=5s',
  'wait',
  'wait=',
  'wait=9999999999999',
  'awaits=5',
  'return=minimal',
])('with Prefer: %s no request waits for the outcome', async (prefer) => {
  const { status, headers, body } = await charge(prefer);
  expect(status).toBe(202);
  expect(headers.get('preference-applied')).toBeNull();
  expect(headers.get('location')).toBe(`/jobs/${body.id}`);
  expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expect(body).toEqual({
    id: expect.stringMatching(/./),
    command: 'charge-points',
    state: 'queued',
    result: null,
    problem: null,
    createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    finishedAt: null,
  });
});

test('a refusal within the wait is returned as a problem with the job id', async () => {
  const answer = await seatlane.client.request('POST', '/points/use', {
    token,
    body: { amount: 2_000_000_000 },
    headers: { Prefer: 'wait=5' },
  });
  expect(answer.status).toBe(409);
  expect(answer.headers.get('preference-applied')).toBe('wait');
  expect(answer.headers.get('location')).toBe(`/jobs/${answer.body.jobId}`);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(answer.body).toMatchObject({ code: 'INSUFFICIENT_POINTS', status: 409 });
  const job = await seatlane.client.request('GET', `/jobs/${answer.body.jobId}`, { token });
  expect(job.status).toBe(200);
  const { jobId, ...problem } = answer.body;
  expect(job.body).toMatchObject({ id: jobId, state: 'rejected', result: null, problem });
});

test('a command that fails within the wait is returned as a problem too', async () => {
  await seatlane.rows(`alter table point_history add constraint broken check (amount <> 77)`);
  const answer = await seatlane.client.request('POST', '/points/charge', {
    token,
    body: { amount: 77 },
    headers: { Prefer: 'wait=20' },
  });
  await seatlane.rows(`alter table point_history drop constraint broken`);
  expect(answer.status).toBe(500);
  expect(answer.body).toMatchObject({ code: 'COMMAND_FAILED' });
  const path = `/jobs/${answer.body.jobId}`;
  const { body: job } = await seatlane.client.request('GET', path, { token });
  expect(job).toMatchObject({ state: 'failed', result: null });
  expect(job.problem).toMatchObject({ code: 'COMMAND_FAILED' });
  expect(JSON.stringify([answer.body, job])).not.toMatch(/constraint|broken/);
});

test('an outcome whose announcement is lost is read from Redis while a request waits for it', async () => {
  const hear = vi.spyOn(Outcomes.prototype, 'onAnnouncements').mockImplementation(() => undefined);
  onTestFinished(() => hear.mockRestore());
  const { status, body } = await charge('wait=20');
  expect(status).toBe(200);
  expect(body).toMatchObject({ state: 'succeeded' });
  expect(hear).toHaveBeenCalled();
});
