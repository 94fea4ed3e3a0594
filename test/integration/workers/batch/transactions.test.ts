/** How the transactions of batches end, and how long they wait for locks, as the metrics tell it. */
import { Client } from 'pg';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../../../../src/db/connection/orm.ts';
import {
  type ApplyOptions,
  applyBatch,
  type BatchDeps,
} from '../../../../workers/batch/apply-batch.ts';
import { LaneLost } from '../../../../workers/batch/faults.ts';
import { Remembered } from '../../../../workers/batch/remembered.ts';
import { BatchMetrics } from '../../../../workers/ops/batch-metrics.ts';
import { samplesOf } from '../../../support/deploy/metric-samples.ts';
import { openTestLane, type TestLane } from '../../../support/services/test-lane.ts';

/** No test waits that long: what waits is freed by the test. */
const PATIENT_MS = 30_000;

let lane: TestLane;
let orm: BatchDeps['orm'];
let registry: Registry;
let deps: BatchDeps;

beforeAll(async () => {
  lane = await openTestLane();
  await lane.points('ada', 100);
  const [database] = await lane.rows<{ name: string }>('select current_database() as name');
  await lane.rows(`alter database "${database?.name}" set deadlock_timeout = '10ms'`);
  // Connections that find a deadlock at once.
  const { databaseUrl } = lane.config;
  const settings = { connectionsMax: 2, applicationName: 'seatlane-test', isByKeyOnly: true };
  orm = await openDatabase({ databaseUrl, ...settings });
});
afterAll(async () => {
  await orm.close();
  await lane.stop();
});
beforeEach(() => {
  registry = new Registry();
  deps = {
    ...lane.deps,
    orm,
    remembered: new Remembered(),
    metrics: new BatchMetrics(registry),
  };
});

const use = () => lane.command('use-points', { subject: 'ada', input: { amount: 1 } });
const apply = (options: Partial<ApplyOptions> = {}, own = lane.lane) =>
  applyBatch(deps, [{ lane: own, commands: [use()] }], { lockTimeoutMs: PATIENT_MS, ...options });

/** The ends that were counted, with their numbers. */
async function ends(): Promise<Record<string, number>> {
  const samples = samplesOf(await registry.metrics());
  const counted = samples.filter(
    ({ name, value }) => name === 'seatlane_batch_transactions_total' && value > 0,
  );
  return Object.fromEntries(counted.map(({ labels, value }) => [labels.end, value]));
}

async function locking(part: 'count' | 'sum'): Promise<number | undefined> {
  const name = `seatlane_batch_locking_seconds_${part}`;
  return samplesOf(await registry.metrics()).find((sample) => sample.name === name)?.value;
}

const lockPoints = () => lane.lock('select * from points for update');

test('a batch that succeeds is one committed transaction, with one wait for its locks', async () => {
  await apply();
  expect(await ends()).toEqual({ committed: 1 });
  expect(await locking('count')).toBe(1);
});

test('the wait for a row that another transaction has locked is part of the measured time', async () => {
  const free = await lockPoints();
  const applying = apply();
  await lane.waitForLockWaiters(1);
  const seen = performance.now();
  await lane.rows('select pg_sleep(0.02)');
  const waited = performance.now() - seen;
  await free();
  await applying;
  expect(await ends()).toEqual({ committed: 1 });
  expect(await locking('sum')).toBeGreaterThanOrEqual(waited / 1000);
});

test('a lock timeout is no deadlock, and its wait is measured too', async () => {
  const free = await lockPoints();
  await expect(apply({ lockTimeoutMs: 20 })).rejects.toMatchObject({ code: '55P03' });
  await free();
  expect(await ends()).toEqual({ lock_timeout: 1 });
  expect(await locking('count')).toBe(1);
});

test('a statement timeout is counted apart, and is no wait for a lock', async () => {
  const free = await lockPoints();
  await expect(apply({ statementTimeoutMs: 20 })).rejects.toMatchObject({ code: '57014' });
  await free();
  expect(await ends()).toEqual({ statement_timeout: 1 });
  expect(await locking('count')).toBe(0);
});

/** Resolves when a session waits for another one. */
async function isBlocked(pid: number | undefined, by?: number): Promise<boolean> {
  const [found] = await lane.rows<{ pids: number[] }>(`select pg_blocking_pids(${pid}) as pids`);
  return by === undefined ? (found?.pids.length ?? 0) > 0 : found?.pids.includes(by) === true;
}

/**
 * Another session locks the points and waits for the row of the lane, which the batch holds. Only then the batch asks for the
 * points, so it closes the circle, and PostgreSQL ends it.
 */
test('a deadlock is counted as one', async () => {
  const other = new Client(lane.config.databaseUrl);
  await other.connect();
  // The batch, not this connection, is to notice the deadlock.
  await other.query(`set deadlock_timeout = '1h'`);
  await other.query('begin');
  await other.query('select * from points for update');
  const [{ pid } = { pid: 0 }] = (await other.query<{ pid: number }>('select pg_backend_pid() pid'))
    .rows;
  let waiting: Promise<unknown> | undefined;
  const { users: known } = deps.remembered;
  const find = known.find.bind(known);
  known.find = async (send, users) => {
    const found = await find(send, users);
    await send({ text: 'select 1', values: [] });
    waiting = other.query(`update lane set taken_at = taken_at where name = '${lane.lane.name}'`);
    while (!(await isBlocked(pid))) await lane.rows('select pg_sleep(0.005)');
    return found;
  };
  await expect(apply()).rejects.toMatchObject({ code: '40P01' });
  await waiting;
  await other.query('rollback');
  await other.end();
  expect(await ends()).toEqual({ deadlock: 1 });
});

test('a violated constraint, a lost lane and a fault in a handler are counted apart', async () => {
  await expect(apply({}, { ...lane.lane, epoch: lane.lane.epoch - 1 })).rejects.toThrow(LaneLost);
  const faulty = {
    needs: () => ({}),
    apply: () => {
      throw new Error('thrown by a test');
    },
  };
  await expect(apply({ handlerOf: () => faulty })).rejects.toThrow('thrown by a test');
  await lane.rows('alter table points add constraint at_least_80 check (balance >= 80) not valid');
  const spend = lane.command('use-points', { subject: 'ada', input: { amount: 50 } });
  const spending = applyBatch(deps, [{ lane: lane.lane, commands: [spend] }], {
    lockTimeoutMs: PATIENT_MS,
  });
  await expect(spending).rejects.toMatchObject({ code: '23514' });
  await lane.rows('alter table points drop constraint at_least_80');
  expect(await ends()).toEqual({ lane_lost: 1, other: 1, constraint: 1 });
});

test('transactions are rolled back because PostgreSQL is away if its connections end', async () => {
  const free = await lockPoints();
  const applying = expect(apply()).rejects.toThrow();
  await lane.waitForLockWaiters(1);
  await lane.rows(`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`);
  await applying;
  await free();
  expect(await ends()).toEqual({ away: 1 });
});
