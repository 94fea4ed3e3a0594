/** A token of another queue is refused only after the row was read again. */
import { beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { Problem } from '../../../../src/http/problems/problems.ts';
import { ConcertQueues } from '../../../../src/http/queue/concert-queues.ts';

let reads: number;
/** The queue of the concert in the database; undefined if it does not exist. */
let stored: number | undefined;
let queues: ConcertQueues;
beforeEach(() => {
  reads = 0;
  stored = 1;
  queues = new ConcertQueues(async () => {
    reads += 1;
    return stored;
  });
});

const concert = { concertId: 7 };
const refused = (queueId: number) =>
  queues.refuseOthers({ id: 1, queueId, subject: 'ada' }, concert).then(
    () => undefined,
    (problem) => [problem.code, problem.details.queueId],
  );

test('the queue of a concert is read once for all tokens of it', async () => {
  expect([await refused(1), await refused(1)]).toEqual([undefined, undefined]);
  expect(reads).toBe(1);
});

test('a token of another queue is refused, with the queue to enter', async () => {
  expect(await refused(2)).toEqual(['QUEUE_TOKEN_WRONG_QUEUE', 1]);
});

test('a token of the new queue is good although the announcement of the queue was lost', async () => {
  await refused(1);
  stored = 2;
  expect(await refused(2)).toBeUndefined();
  expect(await refused(1)).toEqual(['QUEUE_TOKEN_WRONG_QUEUE', 2]);
});

test('a token of the former queue is refused from the announcement of the new one on', async () => {
  await refused(1);
  stored = 2;
  queues.onAnnouncements([
    {
      jobId: 'user-0_x',
      name: 'create-queue',
      outcome: { state: 'succeeded', result: {} },
      acceptedAt: 1,
      finishedAt: 2,
    },
  ]);
  expect(await refused(1)).toEqual(['QUEUE_TOKEN_WRONG_QUEUE', 2]);
});

test('a read that began before the announcement is not remembered', async () => {
  let answer = (_queueId: number) => {};
  queues = new ConcertQueues(() => {
    reads += 1;
    return reads > 1 ? Promise.resolve(stored) : new Promise((resolve) => (answer = resolve));
  });
  const before = refused(1);
  queues.forgetAll();
  stored = 2;
  answer(1);
  await before;
  expect(await refused(1)).toEqual(['QUEUE_TOKEN_WRONG_QUEUE', 2]);
});

test('what does not exist is left to the route', async () => {
  stored = undefined;
  expect(await refused(1)).toBeUndefined();
});

const path = { params: z.object({ id: z.coerce.number() }), about: () => concert };
const missing = new Problem('QUEUE_TOKEN_REQUIRED', { detail: 'Enter the queue.' });
const named = (error: unknown, given: object = { id: '7' }) =>
  queues.nameIn(error, path, given).catch((thrown) => thrown);

test('a request without a queue token is told which queue to enter', async () => {
  stored = 3;
  expect(await named(missing)).toMatchObject({
    code: 'QUEUE_TOKEN_REQUIRED',
    details: { queueId: 3, detail: expect.stringContaining('POST /queues/3/entry') },
  });
});

test('the refusal stays as it is if there is no such concert, the path is none, or the read fails', async () => {
  stored = undefined;
  expect(await named(missing)).toBe(missing);
  expect(await named(missing, { id: 'x' })).toBe(missing);
  const other = new Problem('QUEUE_TOKEN_INVALID', { detail: 'No.' });
  expect(await named(other)).toBe(other);
  queues = new ConcertQueues(() => Promise.reject(new Error('PostgreSQL is away.')));
  expect(await named(missing)).toBe(missing);
});
