/** The outbox in whole workers: what offers calls, what makes them, and where their answers go. */
import type { Queue } from 'bullmq';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { freePort } from '../../../../scripts/services/free-port.ts';
import { chargePoints } from '../../../../src/commands/points/charge-points.ts';
import { openQueue, PAYMENTS_QUEUE } from '../../../../src/lanes/bullmq/queues.ts';
import { LANE_KINDS, laneOf } from '../../../../src/lanes/lanes.ts';
import { connectWithRetries, type RedisConnection } from '../../../../src/lanes/redis/redis.ts';
import { openLog } from '../../../../src/runtime/log.ts';
import { answerBy } from '../../../../workers/outbox/calls.ts';
import type { CallSettings } from '../../../../workers/outbox/open.ts';
import { SANDBOX_SECRET, startTestSandbox } from '../../../support/sandbox/sandbox.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';
import { waitFor } from '../../../support/wait-for.ts';

let seatlane: TestSeatlane;
let redis: RedisConnection;
let lane: Queue;
let payments: Queue;
const calls: CallSettings = {
  makers: { open: async () => answerBy(chargePoints, { amount: 5 }, 'ada') },
  callingCommands: new Set(['charge-points']),
};

beforeAll(async () => {
  seatlane = await startSeatlane({ workers: 0 });
  const { config } = seatlane;
  redis = connectWithRetries(config.redisUrl, openLog('test', 'silent'));
  lane = openQueue(laneOf({ kind: 'user', key: 'ada' }, config), redis, config);
  payments = openQueue(PAYMENTS_QUEUE, redis, config);
});
beforeEach(() => lane.obliterate({ force: true }));
afterAll(async () => {
  await Promise.all([lane.close(), payments.close()]);
  redis.disconnect();
  await seatlane.stop();
});

/** Owes a call that is due. */
const owe = (checkoutId: number) =>
  seatlane.rows(`insert into outbox_call (kind, checkout_id, next_at, created_at)
    values ('open', ${checkoutId}, now(), now())`);

test('a call is offered by the timer, made, and answered by a command that is as old as its answer', async () => {
  const worker = await seatlane.addWorker({ parts: ['timers', 'payments'], calls });
  await owe(1);
  const job = await waitFor('the answer', async () => (await lane.getWaiting())[0]);
  expect(job).toMatchObject({ name: 'charge-points', data: { subject: 'ada' } });
  expect(job.timestamp).toBe(job.data.acceptedAt);
  expect(
    await seatlane.rows(`select to_timestamp(${job.timestamp} / 1000.0) + interval '1 ms' >= created_at
      and to_timestamp(${job.timestamp} / 1000.0) <= now() as is_between from outbox_call`),
  ).toEqual([{ is_between: true }]);
  await worker.stop();
  await seatlane.rows('delete from outbox_call');
});

test('a call is offered at once after a batch that may owe it, and its answer is applied', async () => {
  // No timer: only the batch can offer the call.
  const worker = await seatlane.addWorker({ parts: [...LANE_KINDS, 'payments'], calls });
  await owe(2);
  const token = await seatlane.client.tokenFor('ada');
  await seatlane.client.command('POST', '/points/charge', { token, body: { amount: 7 } });
  await waitFor('both charges', async () => {
    const rows = await seatlane.rows<{ amount: number }>(
      'select amount from point_history order by id',
    );
    return rows.map(({ amount }) => amount).join() === '7,5';
  });
  await worker.stop();
  await seatlane.rows('delete from outbox_call');
});

test('no answer goes to a lane while the process has other lane counts than are recorded', async () => {
  const config = { ...seatlane.config, workerPort: await freePort() };
  const worker = await seatlane.addWorker({ config, parts: ['timers', 'payments'], calls });
  const ready = async (): Promise<{ status: string; down?: string[] }> => {
    const response = await fetch(`http://127.0.0.1:${config.workerPort}/health/ready`);
    return (await response.json()) as { status: string };
  };
  expect(await ready()).toEqual({ status: 'ok' });
  const mark = (isInUse: boolean) =>
    seatlane.rows(`update lane set in_use = ${isInUse} where name = 'user-0'`);
  await mark(false);
  await waitFor('the worker not to be ready', async () => (await ready()).down?.[0] === 'lanes');
  await owe(3);
  await waitFor('the call to wait', async () => (await payments.getDelayedCount()) === 1);
  expect(await lane.count()).toBe(0);
  await mark(true);
  await payments.promoteJobs();
  await waitFor('the answer', async () => (await lane.getWaitingCount()) === 1);
  await worker.stop();
});

test('a worker opens pages at the provider of its settings, and asks what became of them', async () => {
  const sandbox = await startTestSandbox();
  const { ref } = await sandbox.client.open({ key: 'another key' });
  const access = { url: sandbox.client.url, secret: SANDBOX_SECRET };
  const payments = { ...seatlane.config.payments, sandbox: access };
  const worker = await seatlane.addWorker({
    config: { ...seatlane.config, payments },
    parts: ['timers', 'payments'],
  });
  await seatlane.rows(`insert into app_user (subject) values ('ada') on conflict do nothing`);
  const insert = (state: string, more: string) =>
    seatlane.rows<{ id: string }>(
      `insert into checkout (user_id, provider, amount, currency, state, return_url, provider_ref, expires_at, look_at,
         created_at, job_id)
       select id, 'sandbox', 100, 'KRW', '${state}', 'http://localhost/', ${more}, now(), 'user-0_${'a'.repeat(22)}'
       from app_user where subject = 'ada' returning id`,
    );
  const [opening] = await insert(
    'opening',
    `null, now() + interval '1 hour', now() + interval '1 hour'`,
  );
  await owe(Number(opening?.id));
  // The sandbox knows it by another key, so it fails at its end.
  await insert('open', `'${ref}', now(), now()`);
  const answers = await waitFor('two answers', async () => {
    const jobs = await lane.getWaiting();
    return jobs.length === 2 && jobs.map(({ name, data }) => ({ name, ...data.input }));
  });
  expect(answers).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ name: 'checkout-opened', checkoutId: Number(opening?.id) }),
      expect.objectContaining({ name: 'settle-checkout', outcome: 'failed' }),
    ]),
  );
  await worker.stop();
  await sandbox.stop();
  await seatlane.rows('delete from outbox_call');
  await seatlane.rows('delete from checkout');
});
