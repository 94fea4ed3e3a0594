/** The request id: in the response, in the command's job, and in the logs of both processes. */
import { Redis } from 'ioredis';
import { type Logger, pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openQueue } from '../../../src/lanes/bullmq/queues.ts';
import { FAULTY_AMOUNT } from '../../support/faults/faulty-amount.ts';
import { faultyHandlers } from '../../support/faults/faulty-handlers.ts';
import { startSeatlane, type TestSeatlane } from '../../support/services/seatlane.ts';
import { waitFor } from '../../support/wait-for.ts';

interface Line {
  msg: string;
  requestId?: string;
  jobId?: string;
}

let seatlane: TestSeatlane;
let token: string;
let lines: Line[] = [];
let log: Logger;

beforeAll(async () => {
  log = pino({ level: 'debug' }, { write: (line) => lines.push(JSON.parse(line)) });
  seatlane = await startSeatlane({ log, workers: 0 });
  await seatlane.addWorker({ handlers: faultyHandlers });
  token = await seatlane.client.tokenFor('grace-hopper');
});
beforeEach(() => {
  lines = [];
});
afterAll(() => seatlane.stop());

const charge = (headers: Record<string, string> = {}) =>
  seatlane.client.command('POST', '/points/charge', { token, headers, body: { amount: 5 } });
const idOf = ({ headers }: { headers: Headers }) => headers.get('x-request-id');

/** The log lines about a request, as soon as one has this message. */
function linesAbout(requestId: string | null, msg: string): Promise<Line[]> {
  return waitFor(`a line “${msg}”`, () => {
    const found = lines.filter((line) => line.requestId === requestId);
    return found.some((line) => line.msg === msg) && found;
  });
}

test('a request without an id gets a unique one', async () => {
  const answers = await Promise.all([charge(), charge(), charge()]);
  const ids = answers.map(idOf);
  expect(new Set(ids).size).toBe(3);
  for (const id of ids) expect(id).toMatch(/^[\w-]{8}\.[0-9a-z]+$/);
});

test.each(['a', '7f3c0b9e-1111-4222-8333-944445555666', 'edge:1.2_3-4', 'x'.repeat(100)])(
  'a valid id is kept: %s',
  async (given) => {
    expect(idOf(await charge({ 'X-Request-Id': given }))).toBe(given);
  },
);

test.each(['', ' ', 'two words', 'a"b', '{}', 'x'.repeat(101), 'é'])(
  'an invalid id is replaced: %j',
  async (given) => {
    const id = idOf(await charge({ 'X-Request-Id': given }));
    expect(id).toMatch(/^[\w-]{8}\.[0-9a-z]+$/);
  },
);

test('problems, streams and unknown paths have an id too', async () => {
  const { client } = seatlane;
  const { body } = await charge();
  const answers = [
    await client.request('GET', '/points'),
    await client.request('GET', '/nothing/there'),
    await client.request('GET', `/jobs/${body.id}/events`, { token }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([401, 404, 200]);
  for (const answer of answers) expect(idOf(answer)).toBeTruthy();
});

test('the id is stored in the job, and both processes log it with the job id', async () => {
  const { body } = await charge({ 'X-Request-Id': 'followed' });
  const redis = new Redis(seatlane.services.redisUrl);
  const [lane] = body.id.split('_');
  const job = await openQueue(lane, redis, seatlane.services).getJob(body.id);
  redis.disconnect();
  expect(job?.data).toMatchObject({ requestId: 'followed' });
  const about = await linesAbout('followed', 'Request completed.');
  expect(about).toMatchObject([
    { msg: 'A command was carried out.', jobId: body.id, command: 'charge-points' },
    { msg: 'Request completed.', jobId: body.id, method: 'POST', path: '/points/charge' },
  ]);
});

test('a command that fails is logged with the id of its request', async () => {
  const answer = await seatlane.client.command('POST', '/points/use', {
    token,
    body: { amount: FAULTY_AMOUNT },
  });
  expect(answer.body.code).toBe('COMMAND_FAILED');
  const about = await linesAbout(idOf(answer), 'Request completed.');
  const failed = about.filter(({ msg }) => msg.startsWith('A command failed'));
  expect(failed).toHaveLength(3);
  for (const line of failed) expect(line.jobId).toBe(answer.body.jobId);
});

test('an internal error is logged with the request id that the client received', async () => {
  await seatlane.rows('alter table points rename to gone');
  const answer = await seatlane.client.request('GET', '/points', { token });
  await seatlane.rows('alter table gone rename to points');
  expect(answer.status).toBe(500);
  const [line] = await linesAbout(
    idOf(answer),
    'A request failed unexpectedly; returned INTERNAL_ERROR.',
  );
  expect(line?.msg).toBe('A request failed unexpectedly; returned INTERNAL_ERROR.');
});

test('no log line contains the user', async () => {
  await charge();
  await waitFor('the lines are there', () => lines.length >= 2);
  expect(JSON.stringify(lines)).not.toContain('grace-hopper');
});
