/** Calls to payment providers: owed in PostgreSQL, timed by BullMQ, answered by commands. */
import type { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { chargePoints } from '../../../../src/commands/points/charge-points.ts';
import { BullmqProducer } from '../../../../src/lanes/bullmq/producer.ts';
import { openQueue, REFUNDS_QUEUE } from '../../../../src/lanes/bullmq/queues.ts';
import { laneOf } from '../../../../src/lanes/lanes.ts';
import { connectWithRetries, type RedisConnection } from '../../../../src/lanes/redis/redis.ts';
import { SystemCommands } from '../../../../src/lanes/system-commands.ts';
import { WorkerMetrics } from '../../../../workers/ops/metrics.ts';
import { addOutboxMetrics } from '../../../../workers/ops/outbox-metrics.ts';
import {
  answerBy,
  type CallDeps,
  type CallMakers,
  startCalls,
} from '../../../../workers/outbox/calls.ts';
import { type CallKind, findCalls } from '../../../../workers/outbox/find-calls.ts';
import { offerCalls } from '../../../../workers/outbox/offer-calls.ts';
import {
  type OutboxQueues,
  openOutboxQueues,
  outboxReads,
} from '../../../../workers/outbox/open.ts';
import { openSilent } from '../../../support/network/silent-redis.ts';
import { wholeReads } from '../../../support/plans.ts';
import { holdLock } from '../../../support/services/hold-lock.ts';
import { inLane, openTestLane, type TestLane } from '../../../support/services/test-lane.ts';
import { waitFor } from '../../../support/wait-for.ts';

const TRIES = 8;
const log = pino({ level: 'silent' });

let lane: TestLane;
let redis: RedisConnection;
let queues: OutboxQueues;
let answers: Queue;
let deps: Omit<CallDeps, 'makers'>;
let registry: Registry;
let running: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  lane = await openTestLane();
  const { config, orm } = lane;
  const { redisPrefix } = config;
  redis = connectWithRetries(config.redisUrl, log);
  queues = openOutboxQueues(redis, config);
  answers = openQueue(laneOf({ kind: 'user', key: 'ada' }, config), redis, config);
  const producer = new BullmqProducer(redis, { redisPrefix, queues: new Map(), now: () => 1 });
  deps = {
    orm,
    redis,
    redisPrefix,
    log,
    commands: new SystemCommands(producer, config),
    checkCounts: async () => undefined,
    retryDelay: () => 1,
    metrics: undefined as unknown as WorkerMetrics,
  };
});
beforeEach(() => {
  registry = new Registry();
  const none = { owner: 'test', owned: () => [], blockedCommands: () => 0 };
  deps.metrics = new WorkerMetrics({ registry, ...none });
  addOutboxMetrics(registry, outboxReads(lane.orm, queues));
});
afterEach(async () => {
  await Promise.all(running.map((each) => each.close()));
  running = [];
  await lane.rows('delete from outbox_call');
  for (const queue of [...Object.values(queues), answers]) await queue.obliterate({ force: true });
});
afterAll(async () => {
  await Promise.all([...Object.values(queues), answers].map((queue) => queue.close()));
  redis.disconnect();
  await lane.stop();
});

/** Owes a call that is due. @returns its id */
async function owe(kind: CallKind, checkoutId: number, refundId = 0): Promise<number> {
  const [row] = await lane.rows<{ id: number }>(
    `insert into outbox_call (kind, checkout_id, refund_id, next_at, created_at)
     values ('${kind}', ${checkoutId}, ${refundId}, now(), now()) returning id`,
  );
  return Number(row?.id);
}

const offer = () => offerCalls(lane.orm, queues);
const comeDue = () => lane.rows('update outbox_call set next_at = now()');
const settle = (id: number) => lane.rows(`delete from outbox_call where id = ${id}`);

function start(makers: CallMakers, changes: Partial<CallDeps> = {}) {
  const calls = startCalls({ ...deps, makers, ...changes });
  running.push(calls);
  return calls;
}

const jobsOf = async (queue: Queue) => {
  const jobs = await queue.getJobs(['waiting', 'prioritized', 'delayed', 'failed']);
  return jobs
    .map(({ name, id, data }) => ({ name, id, ...data }))
    .toSorted((a, b) => a.callId - b.callId);
};
const answered = (count: number) =>
  waitFor(`${count} answers`, async () => (await answers.getWaitingCount()) === count);

/** The answer of a provider for ada: five points. */
const fivePoints = async () => answerBy(chargePoints, { amount: 5 }, 'ada');

async function metric(name: string, queue: string, result?: string): Promise<number | undefined> {
  const { values } = (await registry.getSingleMetric(name)?.get()) ?? { values: [] };
  return values.find(({ labels }) => labels.queue === queue && labels.result === result)?.value;
}

test('the answer of a call is a command that is applied once, however often the call is made', async () => {
  const id = await owe('open', 1);
  let made = 0;
  start({
    async open(call, { offerNumber }) {
      made += 1;
      expect(call).toMatchObject({ id, kind: 'open', checkoutId: 1, refundId: 0 });
      expect(offerNumber).toBe(1);
      return fivePoints();
    },
  });
  await offer();
  await answered(1);
  // As after a crash between the answer and the end of the job.
  await queues.payments.add('open', { callId: id, offerNumber: 1 }, { removeOnComplete: true });
  await waitFor('the second call', async () => made === 2 && (await queues.payments.count()) === 0);
  const [job] = await answers.getWaiting();
  const command = { jobId: String(job?.id), name: String(job?.name), accepted: job?.data };
  expect(command).toMatchObject({
    name: 'charge-points',
    accepted: { subject: 'ada', input: { amount: 5 }, requestHash: '' },
  });
  expect(await answers.getWaitingCount()).toBe(1);
  const taken = inLane(command, lane.lane);
  await lane.run(taken);
  await lane.run(taken);
  expect(await lane.rows('select amount from point_history')).toEqual([{ amount: 5 }]);
  const [accepted] = await lane.rows<{ recent: boolean }>(
    `select accepted_at between now() - interval '1 min' and now() as recent from command_receipt
     where command = 'charge-points'`,
  );
  expect(accepted?.recent).toBe(true);
});

test('each due call is offered once, by whatever number of processes', async () => {
  await lane.rows(`insert into outbox_call (kind, checkout_id, refund_id, next_at, created_at)
    select case when n % 2 = 0 then 'refund' else 'open' end, n, case when n % 2 = 0 then n else 0 end, now(), now()
    from generate_series(1, 1200) as n`);
  const counts = await Promise.all([offer(), offer(), offer(), offer()]);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1200);
  expect(await queues.payments.count()).toBe(600);
  expect(await queues.refunds.count()).toBe(600);
  expect(await lane.rows('select distinct offers from outbox_call')).toEqual([{ offers: 1 }]);
  expect(await offer()).toBe(0);
});

test('a process that stops offers no further round of calls', async () => {
  await lane.rows(`insert into outbox_call (kind, checkout_id, next_at, created_at)
    select 'open', n, now(), now() from generate_series(1, 1200) as n`);
  const stopping = new AbortController();
  const offering = offerCalls(lane.orm, queues, stopping.signal);
  stopping.abort();
  expect(await offering).toBe(500);
  expect(await queues.payments.count()).toBe(500);
});

test('payments are offered before the refunds of a cancelled performance', async () => {
  await lane.rows(`insert into outbox_call (kind, checkout_id, refund_id, next_at, created_at)
    select 'refund', n, n, now() - interval '1 min', now() from generate_series(1, 500) as n`);
  const open = await owe('open', 501);
  const away = new Redis(1, { lazyConnect: true, enableOfflineQueue: false });
  away.on('error', () => undefined);
  const refunds = openQueue(REFUNDS_QUEUE, away, lane.config);
  await expect(offerCalls(lane.orm, { payments: queues.payments, refunds })).rejects.toThrow();
  expect(await jobsOf(queues.payments)).toMatchObject([{ callId: open }]);
  // Whatever queue cannot be written to, the offers of the other count.
  expect(
    await lane.rows('select distinct kind, offers from outbox_call order by offers desc'),
  ).toEqual([
    { kind: 'open', offers: 1 },
    { kind: 'refund', offers: 0 },
  ]);
  await comeDue();
  await offer();
  expect(await queues.refunds.count()).toBe(500);
  away.disconnect();
});

test('the calls of one checkout are offered one after the other', async () => {
  const open = await owe('open', 7);
  const look = await owe('look', 7);
  const refund = await owe('refund', 7, 3);
  const other = await owe('refund', 8, 4);
  const ids = async () => (await jobsOf(queues.payments)).map(({ callId }) => callId);
  await offer();
  expect(await ids()).toEqual([open]);
  expect((await jobsOf(queues.refunds)).map(({ callId }) => callId)).toEqual([other]);
  await settle(open);
  await offer();
  expect(await ids()).toEqual([open, look]);
  await settle(look);
  await offer();
  expect((await jobsOf(queues.refunds)).map(({ callId }) => callId)).toEqual([refund, other]);
});

test('a call is offered again after Redis was emptied', async () => {
  const callId = await owe('open', 1);
  await offer();
  await queues.payments.obliterate({ force: true });
  expect(await offer()).toBe(0);
  await comeDue();
  expect(await offer()).toBe(1);
  expect(await jobsOf(queues.payments)).toEqual([
    { name: 'open', id: `call-${callId}`, callId, offerNumber: 2 },
  ]);
});

test('a call whose job is still pending keeps that job, and is not counted as offered again', async () => {
  const callId = await owe('look', 1);
  const state = () =>
    lane.rows(
      `select offers, (extract(epoch from next_at - now()) / 60)::int as minutes from outbox_call`,
    );
  for (let times = 0; times < 3; times += 1) {
    await offer();
    expect(await jobsOf(queues.payments)).toEqual([
      { name: 'look', id: `call-${callId}`, callId, offerNumber: 1 },
    ]);
    expect(await state()).toEqual([{ offers: 1, minutes: 1 }]);
    await comeDue();
  }
});

test('an offer that was not counted, because its process was killed, counts when it is seen', async () => {
  const callId = await owe('open', 1);
  await queues.payments.add('open', { callId, offerNumber: 1 }, { jobId: `call-${callId}` });
  await offer();
  expect(await lane.rows('select offers from outbox_call')).toEqual([{ offers: 1 }]);
});

test('a failed job of an offer that was not counted blocks its call no longer', async () => {
  const callId = await owe('open', 1);
  const once = { jobId: `call-${callId}`, attempts: 1 };
  await queues.payments.add('open', { callId, offerNumber: 1 }, once);
  let isDown = true;
  start({
    async open() {
      if (isDown) throw new Error('The provider is down.');
      return fivePoints();
    },
  });
  await waitFor('the failed job', async () => (await queues.payments.getFailedCount()) === 1);
  isDown = false;
  await offer();
  await answered(1);
});

test('a call is offered after longer and longer times, up to half an hour', async () => {
  for (let offers = 0; offers < 8; offers += 1) await owe('open', offers + 1);
  await lane.rows('update outbox_call set offers = checkout_id - 1');
  await offer();
  const rows = await lane.rows<{ minutes: number }>(
    `select (extract(epoch from next_at - (select min(next_at) from outbox_call)) / 60)::int as minutes
     from outbox_call order by offers`,
  );
  expect(rows.map(({ minutes }) => minutes)).toEqual([0, 1, 3, 7, 15, 29, 29, 29]);
});

test('a call that is owed no more is not made', async () => {
  const id = await owe('open', 1);
  await offer();
  await settle(id);
  const made: number[] = [];
  start({ open: async (call) => void made.push(call.id) as undefined });
  await waitFor('the job to end', async () => (await queues.payments.count()) === 0);
  await waitFor('the job to be counted', async () => {
    return (await metric('seatlane_outbox_jobs_total', 'payments', 'done')) === 1;
  });
  expect(made).toEqual([]);
  expect(await answers.count()).toBe(0);
});

test('a call that fails is made again', async () => {
  await owe('refund', 1, 2);
  let tries = 0;
  start({
    async refund() {
      tries += 1;
      if (tries < 3) throw new Error('The provider is down.');
      return fivePoints();
    },
  });
  await offer();
  await answered(1);
  expect(tries).toBe(3);
  expect(await metric('seatlane_outbox_jobs_total', 'refunds', 'retried')).toBe(2);
});

test('a call that fails in every try is a failed job, until it is offered again with all its tries', async () => {
  const callId = await owe('open', 1);
  let isDown = true;
  start({
    async open() {
      if (isDown) throw new Error('The provider is down.');
      return fivePoints();
    },
  });
  await offer();
  await waitFor('the failed job', async () => (await queues.payments.getFailedCount()) === 1);
  await waitFor('the failed job to be counted', async () => {
    return (await metric('seatlane_outbox_jobs_total', 'payments', 'given_up')) === 1;
  });
  expect(await metric('seatlane_outbox_jobs_total', 'payments', 'retried')).toBe(TRIES - 1);
  expect(await metric('seatlane_outbox_dead', 'payments')).toBe(1);
  expect(await jobsOf(queues.payments)).toMatchObject([{ id: `call-${callId}`, offerNumber: 1 }]);
  isDown = false;
  await comeDue();
  await offer();
  await answered(1);
  await waitFor('the job to end', async () => (await queues.payments.getFailedCount()) === 0);
});

test('a call that does not end is given up and made again', async () => {
  await owe('open', 1);
  let tries = 0;
  start(
    {
      open() {
        tries += 1;
        // Like a library that knows no abort signal.
        return tries < 3 ? new Promise(() => undefined) : fivePoints();
      },
    },
    { callTimeoutMs: 20 },
  );
  await offer();
  await answered(1);
});

test('what a stopping worker aborts is made by another', async () => {
  await owe('open', 1);
  let reason: unknown;
  let isMade = false;
  const first = start(
    {
      open: (_, { signal }) => {
        isMade = true;
        signal.addEventListener('abort', () => (reason = signal.reason));
        return new Promise(() => undefined);
      },
    },
    { callStopMs: 0 },
  );
  await offer();
  await waitFor('the call', () => isMade);
  await first.close();
  expect(String(reason)).toContain('stopped during the call');
  start({ open: fivePoints });
  await answered(1);
});

test('the two calls of a checkout are not made at once', async () => {
  await owe('open', 7);
  await owe('look', 7);
  const steps: string[] = [];
  const ended = Promise.withResolvers<void>();
  start({
    async open(call) {
      steps.push('open begins');
      await ended.promise;
      steps.push('open ends');
      await settle(call.id);
      return undefined;
    },
    async look(call) {
      steps.push('look begins');
      await settle(call.id);
      return undefined;
    },
  });
  await offer();
  await waitFor('the first call', () => steps.length === 1);
  await comeDue();
  await offer();
  expect(await jobsOf(queues.payments)).toEqual([]);
  ended.resolve();
  await waitFor('the second call', async () => {
    await comeDue();
    await offer();
    return (await lane.rows('select 1 from outbox_call')).length === 0;
  });
  expect(steps).toEqual(['open begins', 'open ends', 'look begins']);
});

test('the command of an answer is accepted after the call was made', async () => {
  await owe('open', 1);
  let madeAt = 0;
  start({
    async open() {
      await lane.rows('select pg_sleep(0.01)');
      const [row] = await lane.rows<{ at: Date }>('select now() as at');
      madeAt = Number(row?.at);
      return fivePoints();
    },
  });
  await offer();
  await answered(1);
  const [job] = await answers.getWaiting();
  expect(job?.data.acceptedAt).toBeGreaterThanOrEqual(madeAt);
});

test('the answer of a call that was settled meanwhile is no command', async () => {
  const id = await owe('open', 1);
  start({
    async open() {
      await settle(id);
      return fivePoints();
    },
  });
  await offer();
  await waitFor('the job to be counted', async () => {
    return (await metric('seatlane_outbox_jobs_total', 'payments', 'done')) === 1;
  });
  expect(await answers.count()).toBe(0);
});

test('no call begins in a worker that stops', async () => {
  await owe('open', 1);
  await offer();
  const free = await holdLock(lane.config.databaseUrl, 'lock table outbox_call');
  let made = 0;
  const first = start(
    {
      open() {
        made += 1;
        return new Promise(() => undefined);
      },
    },
    { callStopMs: 0 },
  );
  await waitFor('the read of the call', async () => {
    const blocked = `select 1 from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`;
    return (await lane.rows(blocked)).length > 0;
  });
  const closing = first.close();
  // Timers of the same length end in their order, so the calls are aborted now.
  await new Promise((resolve) => setTimeout(resolve, 1));
  await free();
  await closing;
  expect(made).toBe(0);
  start({ open: fivePoints });
  await answered(1);
  expect(await metric('seatlane_outbox_jobs_total', 'payments', 'retried')).toBe(0);
});

test.each([
  ['PostgreSQL', 'find'],
  ['the lane', 'enqueue'],
])('while %s cannot be reached, a call uses no tries', async (_, step) => {
  await owe('open', 1);
  let failures = 0;
  const fail = async () => {
    failures += 1;
    throw new Error('The service is away.');
  };
  const isAway = () => failures < TRIES + 1;
  const changes: Partial<CallDeps> =
    step === 'find'
      ? { checkCounts: async () => (isAway() ? fail() : undefined) }
      : {
          commands: { enqueue: (...args) => (isAway() ? fail() : deps.commands.enqueue(...args)) },
        };
  start({ open: fivePoints }, { ...changes, awayMs: 1 });
  await offer();
  await answered(1);
  expect(failures).toBe(TRIES + 1);
  expect(await metric('seatlane_outbox_jobs_total', 'payments', 'retried')).toBe(0);
  expect(await metric('seatlane_outbox_jobs_total', 'payments', 'given_up')).toBe(0);
});

test('an answer whose lane hangs waits, and does not hold up the calls of other lanes', async () => {
  await lane.rows(`insert into outbox_call (kind, checkout_id, refund_id, next_at, created_at)
    select 'refund', n, n, now(), now() from generate_series(1, 11) as n`);
  let hanging = 0;
  const commands: CallDeps['commands'] = {
    enqueue(command, input, request) {
      if (request.subject !== 'bea') return deps.commands.enqueue(command, input, request);
      hanging += 1;
      return new Promise(() => undefined);
    },
  };
  // As many calls as are made at once are answered in the lane that hangs, and one more in another.
  const refund: CallMakers['refund'] = async ({ refundId }) =>
    answerBy(chargePoints, { amount: 5 }, refundId === 11 ? 'ada' : 'bea');
  start({ refund }, { commands });
  await offer();
  await answered(1);
  await waitFor('the delays', async () => (await queues.refunds.getDelayedCount()) === 10);
  expect(hanging).toBe(10);
  expect(await metric('seatlane_outbox_jobs_total', 'refunds', 'retried')).toBe(0);
});

test('a kind that this worker does not know uses no tries, and is made by a worker that knows it', async () => {
  await owe('look', 1);
  const old = start({}, { awayMs: 1 });
  await offer();
  await waitFor('a delay', async () => (await queues.payments.getDelayedCount()) === 1);
  await old.close();
  expect(await metric('seatlane_outbox_jobs_total', 'payments', 'retried')).toBe(0);
  expect(await metric('seatlane_outbox_jobs_total', 'payments', 'given_up')).toBe(0);
  expect(await lane.rows('select kind from outbox_call')).toEqual([{ kind: 'look' }]);
  start({ look: fivePoints });
  await answered(1);
});

test('the reason why calls wait is logged once a minute, also while other calls are answered', async () => {
  const levels: string[] = [];
  const formatters = { level: (level: string) => ({ level }) };
  const write = (line: string) => {
    const { level, msg } = JSON.parse(line);
    if (msg.startsWith('This worker cannot make calls of the kind look.')) levels.push(level);
  };
  start({ open: fivePoints }, { awayMs: 1, log: pino({ level: 'debug', formatters }, { write }) });
  await owe('look', 1);
  await offer();
  await waitFor('the reason', () => levels.length > 0);
  await owe('open', 2);
  await offer();
  await waitFor('the other call', async () => {
    return (await metric('seatlane_outbox_jobs_total', 'payments', 'done')) === 1;
  });
  const before = levels.length;
  await waitFor('the reason again', () => levels.length > before + 1);
  expect(levels.filter((level) => level !== 'debug')).toEqual(['warn']);
});

test('a queue that hangs delays the calls of the other one for two seconds at most', async () => {
  await owe('refund', 1, 1);
  const open = await owe('open', 2);
  const { away, close } = await openSilent();
  const refunds = openQueue(REFUNDS_QUEUE, away, lane.config);
  const offering = offerCalls(lane.orm, { payments: queues.payments, refunds });
  await expect(offering).rejects.toThrow('There was no answer within 2000 ms.');
  expect(await jobsOf(queues.payments)).toMatchObject([{ callId: open }]);
  await comeDue();
  const again = offerCalls(lane.orm, { payments: queues.payments, refunds });
  await expect(again).rejects.toThrow('The queue refunds has not answered yet.');
  close();
});

test('no row is locked while Redis does not respond, and the calls are offered when it does', async () => {
  const id = await owe('open', 1);
  const later = await owe('open', 2);
  const { away, close } = await openSilent();
  const unanswered = openOutboxQueues(away, lane.config);
  const offering = offerCalls(lane.orm, unanswered);
  const failed = expect(offering).rejects.toThrow();
  await waitFor('the lease', async () => {
    const [row] = await lane.rows('select 1 from outbox_call having bool_and(next_at > now())');
    return row !== undefined;
  });
  await lane.rows(`do $$ begin
    set local lock_timeout = '1s';
    delete from outbox_call where id = ${id};
  end $$`);
  close();
  await failed;
  expect(await lane.rows('select offers from outbox_call')).toEqual([{ offers: 0 }]);
  await comeDue();
  await offer();
  expect(await jobsOf(queues.payments)).toMatchObject([{ callId: later, offerNumber: 1 }]);
});

test('the age of the oldest call is a metric', async () => {
  const oldest = async () => {
    const reads = outboxReads(lane.orm, queues);
    return reads.oldestSeconds();
  };
  expect(await oldest()).toBe(0);
  await owe('open', 1);
  await lane.rows(`update outbox_call set created_at = now() - interval '100 s'`);
  await owe('open', 2);
  expect(await oldest()).toBeGreaterThanOrEqual(100);
});

test('no statement reads all calls', async () => {
  const narrow = await openTestLane({}, { connectionsMax: 1 });
  await narrow.rows(`insert into outbox_call (kind, checkout_id, refund_id, next_at, created_at)
    select 'refund', n, n, now() + n * interval '1 min', now() from generate_series(1, 3000) as n`);
  await narrow.rows('update outbox_call set next_at = now() where id = 1');
  await narrow.rows('analyze outbox_call');
  expect(await offerCalls(narrow.orm, queues)).toBe(1);
  expect((await findCalls(narrow.orm, [1])).size).toBe(1);
  const prepared = await narrow.rows<{ name: string }>('select name from pg_prepared_statements');
  const names = ['lease calls', 'count offers', 'owed calls'];
  expect(prepared.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
  const isWanted = (read: string) => names.some((name) => read.startsWith(`${name}: `));
  expect((await wholeReads(narrow.orm)).filter(isWanted)).toEqual([]);
  // The audit after the tests would not find the checkouts of these calls.
  await narrow.rows('delete from outbox_call');
  await narrow.stop();
});
