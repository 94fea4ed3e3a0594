/** Reading jobs, waiting for them, and following their events. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { effects } from '../../../support/effects.ts';
import { expectProblem } from '../../../support/http/problems.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';
import { waitFor } from '../../../support/wait-for.ts';

let seatlane: TestSeatlane;
let token: string;
beforeAll(async () => {
  // The first tests need jobs that stay queued, so there is no worker yet.
  seatlane = await startSeatlane({ workers: 0 });
  token = await seatlane.client.tokenFor('ada');
});
afterAll(() => seatlane.stop());

const get = (path: string, headers: Record<string, string> = {}) =>
  seatlane.client.request('GET', path, { token, headers });

async function aJob(headers: Record<string, string> = {}): Promise<string> {
  const body = { amount: 1 };
  const request = { token, body, headers };
  const answer = await seatlane.client.request('POST', '/points/charge', request);
  expect(answer.status).toBe(202);
  return answer.body.id;
}

/** Reads the events of a job until the stream ends. */
async function* eventsOf(jobId: string) {
  const headers = { Authorization: `Bearer ${token}` };
  const response = await fetch(`${seatlane.client.base}/jobs/${jobId}/events`, { headers });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const lines = text.slice(0, end).split('\n');
      text = text.slice(end + 2);
      const event = lines
        .find((line) => line.startsWith('event:'))
        ?.slice(6)
        .trim();
      const data = lines.filter((line) => line.startsWith('data:')).map((line) => line.slice(5));
      // A heartbeat has neither an event name nor data.
      if (data.length > 0) yield { event, job: JSON.parse(data.join('\n')) };
    }
  }
}

test('a pending job is queued, and a wait for it ends without an outcome', async () => {
  const id = await aJob();
  const answer = await get(`/jobs/${id}`, { Prefer: 'wait=1' });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('retry-after')).toBe('1');
  expect(answer.body).toMatchObject({ id, state: 'queued', result: null, finishedAt: null });
});

test('a command without an outcome within the wait returns 202', async () => {
  const id = await aJob({ Prefer: 'wait=1' });
  expect((await get(`/jobs/${id}`)).body.state).toBe('queued');
});

test('a pending command has changed nothing', async () => {
  const before = await effects(seatlane.rows);
  await aJob();
  expect(await effects(seatlane.rows)).toEqual(before);
});

test('another user’s job is not found, on any route', async () => {
  const id = await aJob({ 'Idempotency-Key': 'adas' });
  const bea = await seatlane.client.tokenFor('bea');
  const admin = await seatlane.client.tokenFor('operator', 'admin');
  for (const other of [bea, admin]) {
    for (const path of [`/jobs/${id}`, `/jobs/${id}/events`, '/jobs?idempotencyKey=adas']) {
      const answer = await seatlane.client.request('GET', path, { token: other });
      expectProblem(answer, 404, 'JOB_NOT_FOUND');
    }
  }
});

test.each([
  'nothing',
  'user-0_AAAAAAAAAAAAAAAAAAAAAA',
  'user-99_AAAAAAAAAAAAAAAAAAAAAA',
  'timers_AAAAAAAAAAAAAAAAAAAAAA',
  '1',
  'user-0%3A1',
  '..%2Fuser-0',
  "user-0_'%20or%201=1",
])('there is no job %s', async (id) => {
  expectProblem(await get(`/jobs/${id}`), 404, 'JOB_NOT_FOUND');
  expectProblem(await get(`/jobs/${id}/events`), 404, 'JOB_NOT_FOUND');
});

test('an id that no job has, of whatever length, is not found', async () => {
  for (const id of ['x', 'x'.repeat(3000)]) {
    expectProblem(await get(`/jobs/${id}`), 404, 'JOB_NOT_FOUND');
  }
});

test('an event stream sends each state of a job and ends after the final one', async () => {
  const id = await aJob();
  const events: { event: string | undefined; job: { id: string; state: string } }[] = [];
  const reading = (async () => {
    for await (const event of eventsOf(id)) events.push(event);
  })();
  await waitFor('the first event', () => events.length > 0);
  expect(events[0]).toMatchObject({ event: 'job', job: { id, state: 'queued' } });
  await seatlane.addWorker();
  await reading;
  expect(new Set(events.map(({ event }) => event))).toEqual(new Set(['job']));
  const states = events.map(({ job }) => job.state);
  expect(states).toEqual([...new Set(states)]);
  expect(events.at(-1)?.job).toEqual((await get(`/jobs/${id}`)).body);
  expect(states.at(-1)).toBe('succeeded');
});

test('the event stream of a finished job sends its outcome once', async () => {
  const id = await aJob({ Prefer: 'wait=0' });
  await get(`/jobs/${id}`, { Prefer: 'wait=20' });
  const states: string[] = [];
  for await (const { job } of eventsOf(id)) states.push(job.state);
  expect(states).toEqual(['succeeded']);
});

test('a waiting request returns when the outcome arrives', async () => {
  const id = await aJob();
  const answer = await get(`/jobs/${id}`, { Prefer: 'wait=20' });
  expect(answer.headers.get('preference-applied')).toBe('wait');
  expect(answer.headers.get('retry-after')).toBeNull();
  expect(answer.body).toMatchObject({ id, state: 'succeeded', problem: null });
  expect(answer.body.result.balance).toBeGreaterThan(0);
});

test('a job that Redis has lost is read from its receipt', async () => {
  const id = await aJob();
  const before = await get(`/jobs/${id}`, { Prefer: 'wait=20' });
  await seatlane.forgetInRedis(`*:${id}`);
  const after = await get(`/jobs/${id}`);
  expect(after.body).toEqual(before.body);
  const bea = await seatlane.client.tokenFor('bea');
  const answer = await seatlane.client.request('GET', `/jobs/${id}`, { token: bea });
  expectProblem(answer, 404, 'JOB_NOT_FOUND');
});

test('another API process returns the same job', async () => {
  const id = await aJob();
  const other = await seatlane.addApi();
  const headers = { Prefer: 'wait=20' };
  const there = await other.request('GET', `/jobs/${id}`, { token, headers });
  expect(there.body.state).toBe('succeeded');
  expect((await get(`/jobs/${id}`)).body).toEqual(there.body);
});
