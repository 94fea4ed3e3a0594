/** Commands through the client: each way of waiting for the outcome, and one effect despite retries. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  ApiProblem,
  type Job,
  Refusal,
  type Retry,
  type SeatlaneOptions,
  Unreachable,
} from '../../../src/client/index.ts';
import type { RunningWorker } from '../../../workers/worker.ts';
import { collect } from '../../support/collect.ts';
import { admittedOf, userOf } from '../../support/http/sdk.ts';
import { type BreakingProxy, startBreakingProxy } from '../../support/network/breaking-proxy.ts';
import { startSeatlane, type TestSeatlane } from '../../support/services/seatlane.ts';
import { thrownBy } from '../../support/thrown-by.ts';
import { waitFor } from '../../support/wait-for.ts';

let seatlane: TestSeatlane;
let proxy: BreakingProxy;
let worker: RunningWorker | undefined;
beforeAll(async () => {
  seatlane = await startSeatlane({ workers: 0 });
  proxy = await startBreakingProxy(seatlane.client.base);
});
beforeEach(async () => {
  worker ??= await seatlane.addWorker();
});
afterAll(async () => {
  await proxy.stop();
  await seatlane.stop();
});

/** Stops the worker, so that accepted commands stay pending. */
async function stopWorker(): Promise<void> {
  await worker?.stop();
  worker = undefined;
}

const chargesOf = (subject: string) =>
  seatlane.rows<{ amount: number }>(
    `select h.amount::int as amount from point_history h join app_user u on u.id = h.user_id where u.subject = '${subject}'`,
  );

describe('a refusal', () => {
  test('is thrown with its code, job and seat for each way of waiting', async () => {
    const { seats } = await seatlane.client.schedule();
    const seatIds = seats.slice(0, 2).map(({ id }) => id);
    const first = await admittedOf(seatlane.client.base, 'first');
    await first.book(seatIds[0] as number);
    for (const options of [{ waitSeconds: 0 }, { waitSeconds: 0, useEvents: true }, {}]) {
      const second = await admittedOf(seatlane.client.base, 'second', options);
      const error = await thrownBy(second.bookSeats(seatIds));
      if (!(error instanceof Refusal)) throw error;
      expect(error.is('SEAT_ALREADY_HELD')).toBe(true);
      // @ts-expect-error there is no such code
      expect(error.is('SEAT_ALREDY_HELD')).toBe(false);
      expect(error).toMatchObject({ status: 409, problem: { seatId: seatIds[0] } });
      expect(await second.job(error.jobId)).toMatchObject({ state: 'rejected' });
    }
  });

  test('of a request that never became a command is an ApiProblem', async () => {
    const user = userOf(seatlane.client.base, 'hasty');
    const error = await thrownBy(user.book(1));
    expect(error).toBeInstanceOf(ApiProblem);
    expect(error).toMatchObject({ code: 'QUEUE_TOKEN_REQUIRED', status: 403 });
    const wrong = await thrownBy(user.charge(-1));
    expect(wrong).toMatchObject({
      name: 'ApiProblem',
      code: 'VALIDATION_FAILED',
      problem: { errors: [{ path: 'amount', message: expect.any(String) }] },
    });
  });
});

describe('a command whose response is lost', () => {
  test('is retried with its key and takes effect once', async () => {
    const retries: Retry[] = [];
    const user = userOf(proxy.base, 'lost', { onRetry: (retry) => retries.push(retry) });
    await user.points();
    proxy.dropAnswers(3);
    expect(await user.charge(100)).toEqual({ balance: 100 });
    expect(proxy.toDrop).toBe(0);
    expect(new Set(retries.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
    expect(retries.map(({ number }) => number)).toEqual([1, 2, 3]);
    expect(await chargesOf('lost')).toEqual([{ amount: 100 }]);
  });

  test('is found by its key after all retries failed, and a retry with the key returns the same outcome', async () => {
    const user = userOf(proxy.base, 'given-up', { retries: 1 });
    await user.points();
    proxy.dropAnswers(2);
    const error = await thrownBy(user.charge(100));
    if (!(error instanceof Unreachable)) throw error;
    const idempotencyKey = error.idempotencyKey as string;
    const job = await user.jobByKey(idempotencyKey);
    expect(await user.outcomeOf(job?.id as string)).toEqual({ balance: 100 });
    expect(await user.charge(100, { idempotencyKey })).toEqual({ balance: 100 });
    expect(await chargesOf('given-up')).toHaveLength(1);
  });

  test('is refused if its key was used for another request', async () => {
    const user = userOf(seatlane.client.base, 'reuser');
    await user.charge(100, { idempotencyKey: 'mine' });
    const error = await thrownBy(user.charge(200, { idempotencyKey: 'mine' }));
    expect(error).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED', status: 422 });
  });

  test('is retried even if it is a payment, which ends the session', async () => {
    const { seats } = await seatlane.client.schedule();
    const user = await admittedOf(proxy.base, 'payer');
    await user.charge(100);
    const { id } = await user.book(seats[0]?.id as number);
    proxy.dropAnswers(1);
    expect(await user.pay(id)).toMatchObject({ kind: 'payment', balance: 0 });
  });
});

/** The ways of waiting for a pending outcome, with the requests that they send for the job. */
const WAYS: [way: string, options: Partial<SeatlaneOptions>, asked: RegExp][] = [
  ['awaited by the API', { waitSeconds: 1 }, /^\/jobs\/[\w-]+ wait=1$/],
  ['polled', { waitSeconds: 0 }, /^\/jobs\/[\w-]+ null$/],
  ['pushed', { waitSeconds: 0, useEvents: true }, /^\/jobs\/[\w-]+\/events null$/],
];

describe.each(WAYS)('an outcome that is %s', (way, options, asked) => {
  const subject = way.replaceAll(' ', '-');

  test('arrives once a worker has started', async () => {
    await stopWorker();
    const sent: string[] = [];
    const noting: SeatlaneOptions['fetch'] = (url, init) => {
      sent.push(`${new URL(url).pathname} ${new Headers(init.headers).get('prefer')}`);
      return fetch(url, init);
    };
    const user = userOf(seatlane.client.base, subject, { ...options, fetch: noting });
    const charging = user.charge(100);
    const isJob = (request: string) => request.startsWith('/jobs/');
    await waitFor('the job to be asked for', () => sent.some(isJob));
    worker = await seatlane.addWorker();
    expect(await charging).toEqual({ balance: 100 });
    expect(sent.filter(isJob).filter((request) => !asked.test(request))).toEqual([]);
  });

  test('arrives, and takes effect once, although Redis lost the job before a worker took it', async () => {
    await stopWorker();
    const user = userOf(seatlane.client.base, `${subject}-emptied`, options);
    const charging = user.charge(100);
    await waitFor('the command to be accepted', async () => (await lengthOfLanes()) === 1);
    await seatlane.forgetInRedis('user-*');
    worker = await seatlane.addWorker();
    expect(await charging).toEqual({ balance: 100 });
    expect(await chargesOf(`${subject}-emptied`)).toHaveLength(1);
  });

  test('is no longer awaited after an abort, but still takes effect', async () => {
    await stopWorker();
    const ending = new AbortController();
    const user = userOf(seatlane.client.base, `${subject}-aborted`, options);
    const call = { signal: ending.signal, idempotencyKey: 'once' };
    const charging = thrownBy(user.charge(100, call));
    await waitFor('the command to be accepted', async () => (await lengthOfLanes()) === 1);
    const reason = new Error('the user left');
    ending.abort(reason);
    expect(await charging).toBe(reason);
    worker = await seatlane.addWorker();
    expect(await user.charge(100, { idempotencyKey: 'once' })).toEqual({ balance: 100 });
    expect(await chargesOf(`${subject}-aborted`)).toHaveLength(1);
  });
});

/** The number of pending commands. */
async function lengthOfLanes(): Promise<number> {
  const { body } = await seatlane.client.request('GET', '/metrics');
  const lines = [...(body as string).matchAll(/^seatlane_lane_waiting\{.*\} (\d+)$/gm)];
  return lines.reduce((sum, [, count]) => sum + Number(count), 0);
}

test('waiting for a job that does not exist throws JOB_NOT_FOUND', async () => {
  const user = userOf(seatlane.client.base, 'nobody');
  const error = await thrownBy(user.outcomeOf('user-1_AAAAAAAAAAAAAAAAAAAAAA'));
  expect(error).toMatchObject({ name: 'ApiProblem', code: 'JOB_NOT_FOUND' });
});

test('each state of a job is yielded once, also across broken connections', async () => {
  await stopWorker();
  const user = userOf(proxy.base, 'watcher');
  const charging = user.charge(100, { idempotencyKey: 'watched' });
  const job = await waitFor('the job', () => user.jobByKey('watched'));
  const seen: Job['state'][] = [];
  const watching = (async () => {
    for await (const { state } of user.jobStates(job.id)) seen.push(state);
  })();
  await waitFor('the first state', () => seen.length === 1);
  proxy.cut();
  worker = await seatlane.addWorker();
  await watching;
  expect(seen.filter((state) => state !== 'running')).toEqual(['queued', 'succeeded']);
  expect(await charging).toEqual({ balance: 100 });
  expect(await collect(user.jobStates(job.id))).toHaveLength(1);
});
