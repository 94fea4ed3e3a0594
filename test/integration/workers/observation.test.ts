/** The probes and metrics of a worker. */
import { Client } from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { firstFreePort } from '../../../src/runtime/server.ts';
import { ownerName } from '../../../workers/lanes/owner-session.ts';
import type { RunningWorker } from '../../../workers/worker.ts';
import { sampleOf, samplesOf } from '../../support/deploy/metric-samples.ts';
import { FAULTY_AMOUNT } from '../../support/faults/faulty-amount.ts';
import { faultyHandlers } from '../../support/faults/faulty-handlers.ts';
import { startReceiver } from '../../support/network/receiver.ts';
import { holdLock } from '../../support/services/hold-lock.ts';
import { startSeatlane, type TestSeatlane } from '../../support/services/seatlane.ts';
import { waitFor } from '../../support/wait-for.ts';

let seatlane: TestSeatlane;
let worker: RunningWorker;
let base: string;
let token: string;

beforeAll(async () => {
  const port = await firstFreePort(9480);
  base = `http://127.0.0.1:${port}`;
  const settings = { WORKER_PORT: String(port), WEBHOOK_ALLOW_PRIVATE: 'true' };
  seatlane = await startSeatlane({ settings, workers: 0 });
  worker = await seatlane.addWorker({ handlers: faultyHandlers, firstRetryMs: 5 });
  token = await seatlane.client.tokenFor('grace-hopper');
});
afterAll(() => seatlane.stop());

const get = async (path: string, method = 'GET') => {
  const response = await fetch(base + path, { method });
  return { status: response.status, headers: response.headers, body: await response.text() };
};
const samples = async () => samplesOf((await get('/metrics')).body);
const read = async (name: string, labels: Record<string, string> = {}) =>
  sampleOf(await samples(), name, labels) ?? 0;
const usePoints = (amount: number) =>
  seatlane.client.command('POST', '/points/use', { token, body: { amount } });

test('a worker that owns its lanes is alive and ready', async () => {
  await waitFor('the worker is ready', async () => (await get('/health/ready')).status === 200);
  expect((await get('/health/live')).body).toBe('{"status":"ok"}');
  expect((await get('/health/ready')).body).toBe('{"status":"ok"}');
});

/** Ends the session that owns the lanes, and lets nobody in until the returned function is called. */
async function refuseOwners(): Promise<() => Promise<void>> {
  const name = new URL(seatlane.services.databaseUrl).pathname.slice(1);
  const admin = new Client(inject('databaseUrl'));
  await admin.connect();
  await admin.query(`alter database ${name} allow_connections false`);
  await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = '${name}' and application_name like 'seatlane-owner%'`);
  return async () => {
    await admin.query(`alter database ${name} allow_connections true`);
    await admin.end();
  };
}

test('a worker that has lost its owner session is not ready until it has a new one', async () => {
  const letIn = await refuseOwners();
  const isReady = async (status: number) => (await get('/health/ready')).status === status;
  await waitFor('the worker is not ready', () => isReady(503));
  expect((await get('/health/ready')).body).toBe('{"status":"down","down":["lanes"]}');
  expect((await get('/health/live')).status).toBe(200);
  await letIn();
  await waitFor('the worker is ready again', () => isReady(200));
});

test('the API sees which lanes have an owner, the worker names those that it owns', async () => {
  const lanes = seatlane.config.seatLanes + seatlane.config.userLanes;
  const ofWorker = async () =>
    (await samples()).filter(({ name }) => name === 'seatlane_lane_owner');
  await waitFor('it owns all lanes', async () => (await ofWorker()).length === lanes);
  for (const { labels } of await ofWorker()) expect(labels.owner).toBe(ownerName);
  await waitFor('the API sees it', async () => {
    const { body } = await seatlane.client.request('GET', '/metrics');
    const owned = samplesOf(body).filter(({ name }) => name === 'seatlane_lane_has_owner');
    return owned.length === lanes && owned.every(({ value }) => value === 1);
  });
});

test('batches are counted with their commands', async () => {
  const before = await read('seatlane_batch_commands_sum');
  await Promise.all([usePoints(5), usePoints(6), usePoints(7)]);
  expect(await read('seatlane_batch_commands_sum')).toBe(before + 3);
  expect(await read('seatlane_batch_seconds_count')).toBeGreaterThan(0);
});

test('a failing command is counted: split batches, single tries, and the final failure', async () => {
  const counters = () =>
    Promise.all([
      read('seatlane_batch_splits_total', { into: 'lanes', fault: 'faulty' }),
      read('seatlane_batch_splits_total', { into: 'commands', fault: 'faulty' }),
      read('seatlane_commands_alone_total'),
      read('seatlane_commands_given_up_total'),
    ]);
  expect(await counters()).toEqual([0, 0, 0, 0]);
  expect((await usePoints(FAULTY_AMOUNT)).body.code).toBe('COMMAND_FAILED');
  expect(await counters()).toEqual([1, 1, 3, 1]);
});

test('a batch that meets a locked row is counted, and so are the commands that wait for the row', async () => {
  await seatlane.client.command('POST', '/points/charge', { token, body: { amount: 100 } });
  const { databaseUrl } = seatlane.services;
  const letGo = await holdLock(databaseUrl, 'select * from points for update');
  const used = usePoints(1);
  await waitFor(
    'a command is blocked',
    async () => (await read('seatlane_commands_blocked')) === 1,
  );
  const split = { into: 'keys', fault: 'locked' };
  expect(await read('seatlane_batch_splits_total', split)).toBe(1);
  await letGo();
  expect((await used).status).toBe(200);
  expect(await read('seatlane_commands_blocked')).toBe(0);
  expect(await read('seatlane_key_blocked_seconds_count')).toBe(1);
  expect(await read('seatlane_batch_transactions_total', { end: 'lock_timeout' })).toBeGreaterThan(
    0,
  );
});

test('timer runs, admissions and webhook messages are counted', async () => {
  const receiver = await startReceiver();
  receiver.statusOf = (tries) => (tries === 1 ? 500 : 204);
  const operator = await seatlane.client.tokenFor('operator', 'admin');
  const webhook = { url: receiver.url, commands: ['enter-queue'] };
  await seatlane.client.command('POST', '/webhooks', { token: operator, body: webhook });
  let users = 0;
  await waitFor('messages are sent, and admissions made', async () => {
    users += 1;
    await seatlane.client.admitted(`user ${users}`);
    const results = ['delivered', 'retried'].map((result) =>
      read('seatlane_webhook_deliveries_total', { result }),
    );
    return (await Promise.all(results)).every((count) => count > 0);
  });
  receiver.stop();
  expect(await read('seatlane_queue_admitted_total')).toBe(users);
  const timer = { timer: 'admit', result: 'done' };
  expect(await read('seatlane_timer_runs_total', timer)).toBeGreaterThan(0);
});

test('each timer has its runs and its failures from the start, and each run its duration', async () => {
  const runs = (await samples()).filter(({ name }) => name === 'seatlane_timer_runs_total');
  const timers = runs
    .filter(({ labels }) => labels.result === 'done')
    .map(({ labels }) => labels.timer);
  expect(timers).toEqual(expect.arrayContaining(['admit', 'expire-holds', 'prune']));
  const failures = runs.filter(({ labels }) => labels.result === 'failed');
  expect(failures.map(({ labels }) => labels.timer)).toEqual(timers);
  const ran = await read('seatlane_timer_runs_total', { timer: 'admit', result: 'done' });
  const timed = await read('seatlane_timer_seconds_count', { timer: 'admit' });
  // The run in progress at the first reading may have ended before the second.
  expect(timed).toBeGreaterThanOrEqual(ran);
});

test('a timer that fails is counted as failed, and its run is timed too', async () => {
  const failed = { timer: 'relay-events', result: 'failed' };
  const done = { timer: 'relay-events', result: 'done' };
  const runs = (labels: Record<string, string>) => read('seatlane_timer_runs_total', labels);
  expect(await runs(failed)).toBe(0);
  await seatlane.rows('alter table webhook_event rename to renamed_by_a_test');
  await waitFor('the timer fails', async () => (await runs(failed)) > 0);
  await seatlane.rows('alter table renamed_by_a_test rename to webhook_event');
  const ended = (await runs(failed)) + (await runs(done));
  expect(
    await read('seatlane_timer_seconds_count', { timer: 'relay-events' }),
  ).toBeGreaterThanOrEqual(ended);
});

test('the port serves no other paths and refuses other methods', async () => {
  expect((await get('/')).status).toBe(404);
  expect((await get('/jobs')).status).toBe(404);
  expect((await get('/metrics', 'POST')).status).toBe(405);
  expect((await get('/metrics')).headers.get('content-type')).toMatch(/^text\/plain/);
});

test('no metric contains the subject of a user', async () => {
  const { body } = await get('/metrics');
  expect(body).toContain('seatlane_batch_commands_count');
  expect(body).not.toMatch(/grace-hopper|user 1/);
});

test('a second worker on the same port fails with an error that names the port', async () => {
  await expect(seatlane.addWorker()).rejects.toThrow(
    /^Port \d+ is in use by another program\. Set WORKER_PORT /,
  );
});

test('a stopped worker serves no requests, and its lanes have no owner', async () => {
  await worker.stop();
  await expect(get('/health/live')).rejects.toThrow();
  await waitFor('the API sees it', async () => {
    const { body } = await seatlane.client.request('GET', '/metrics');
    const owned = samplesOf(body).filter(({ name }) => name === 'seatlane_lane_has_owner');
    return owned.every(({ value }) => value === 0);
  });
});
