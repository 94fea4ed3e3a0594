/** Webhook messages: queued with their batch, and retried until they are delivered or fail on the last try. */
import { createHmac } from 'node:crypto';
import type { Job, Queue, Worker } from 'bullmq';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { webhookSecret } from '../../../../src/commands/schemas/webhook-secret.ts';
import { openDatabase } from '../../../../src/db/connection/orm.ts';
import { queueKeyStart } from '../../../../src/lanes/bullmq/keys.ts';
import { openQueue, WEBHOOKS_QUEUE } from '../../../../src/lanes/bullmq/queues.ts';
import {
  connectWithRetries,
  type RedisConnection,
  untilReady,
} from '../../../../src/lanes/redis/redis.ts';
import { NoAnswerInTime } from '../../../../src/runtime/in-time.ts';
import type { FinishedCommand } from '../../../../workers/batch/batch.ts';
import { WorkerMetrics } from '../../../../workers/ops/metrics.ts';
import {
  type DeliveryDeps,
  startDeliveries,
} from '../../../../workers/outbox/webhooks/deliveries.ts';
import { WebhookOutbox } from '../../../../workers/outbox/webhooks/outbox.ts';
import { PendingMessages } from '../../../../workers/outbox/webhooks/pending.ts';
import { SENDING_MAX } from '../../../../workers/outbox/webhooks/receiver.ts';
import { expireHolds } from '../../../../workers/timers/expire-holds.ts';
import { admit } from '../../../../workers/timers/queue/admit.ts';
import { endOverQueues } from '../../../../workers/timers/queue/queues-over.ts';
import { relayEvents } from '../../../../workers/timers/relay-events.ts';
import { startNameServer } from '../../../support/name-server.ts';
import {
  type Received,
  type Receiver,
  startReceiver,
  taken,
} from '../../../support/network/receiver.ts';
import { openTcpLine } from '../../../support/network/tcp-line.ts';
import { comeDue, gathering, holdDraws } from '../../../support/services/draws.ts';
import { openTestLane, type TestLane } from '../../../support/services/test-lane.ts';
import { waitFor } from '../../../support/wait-for.ts';

const operator = 'operator';
let lane: TestLane;
let redis: RedisConnection;
let queue: Queue;
let deps: DeliveryDeps & { newestWebhookId(): number };
let outbox: WebhookOutbox;
let deliveries: Worker | undefined;
let logged: string[] = [];
let receiver: Receiver;
const registry = new Registry();

beforeAll(async () => {
  receiver = await startReceiver();
  lane = await openTestLane();
  const { redisUrl, redisPrefix, queueTokenSecret: secret } = lane.config;
  const log = pino({ level: 'warn' }, { write: (line) => logged.push(line) });
  redis = connectWithRetries(redisUrl, log);
  queue = openQueue(WEBHOOKS_QUEUE, redis, lane.config);
  const { orm } = lane;
  deps = {
    orm,
    redis,
    queue,
    redisPrefix,
    secret,
    isPrivateAllowed: true,
    firstRetryMs: 5,
    newestWebhookId: () => lane.deps.remembered.newestWebhookId,
    log,
    pending: new PendingMessages(redis, { redisPrefix, max: 1000 }),
    metrics: new WorkerMetrics({
      registry,
      owner: 'test',
      owned: () => [],
      blockedCommands: () => 0,
    }),
  };
  outbox = new WebhookOutbox(deps);
});
afterEach(async () => {
  await deliveries?.close();
  await lane.rows(`update webhook set removed_at = now() where removed_at is null`);
  await queue.obliterate({ force: true });
  logged = [];
  receiver.received = [];
  receiver.statusOf = taken;
});
afterAll(async () => {
  outbox.stop();
  await queue.close();
  redis.disconnect();
  await lane.stop();
  receiver.stop();
});

async function register(
  to = receiver.url,
  commands: string[] | null = null,
  events: string[] = [],
): Promise<number> {
  const input = { url: to, commands, events };
  const command = lane.command('register-webhook', { subject: operator, input });
  const { id } = await lane.result<{ id: number }>(command);
  await outbox.refresh();
  return id;
}

const charge = (subject: string) =>
  lane.command('charge-points', { subject, input: { amount: 5 } });

function deliver(changes: Partial<DeliveryDeps> = {}): void {
  deliveries = startDeliveries({ ...deps, ...changes });
}

/** The only message, once it was delivered or has failed on the last try. */
function untilOver(state: 'completed' | 'failed'): Promise<Job> {
  return waitFor(`a message to be ${state}`, async () => {
    const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'completed', 'failed');
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    return total === 1 && counts[state] === 1 && (await queue.getJobs([state]))[0];
  });
}

test('a webhook gets every outcome of commands that follow its registration', async () => {
  await register();
  const input = { url: receiver.url, commands: null, events: [] };
  const newer = lane.command('register-webhook', { subject: operator, input });
  const { id } = await lane.result<{ id: number }>(newer);
  await outbox.put(await lane.run(charge('ben')));
  const jobs = await queue.getJobs(['waiting']);
  expect(jobs.map(({ data }) => data.webhookId)).toContain(id);
});

test('a batch that is repeated after its commit sends its outcome once, under the same id', async () => {
  const webhookId = await register();
  const command = charge('ada');
  const first = await lane.run(command);
  await outbox.put(first);
  const again = await lane.run(command);
  await outbox.put(again);
  deliver();
  const { id } = await untilOver('completed');
  await outbox.put(again);
  await untilOver('completed');
  expect(receiver.received).toHaveLength(1);
  expect(id).toBe(`${webhookId}_${command.jobId}`);
  expect(receiver.received[0]?.headers['webhook-id']).toBe(id);
});

test('a message is a job with its outcome, signed with the webhook’s secret', async () => {
  const webhookId = await register();
  const finished = await lane.run(charge('bob'));
  await outbox.put(finished);
  deliver();
  const { data } = await untilOver('completed');
  const { headers, body } = receiver.received[0] as Received;
  const { key, text } = webhookSecret(deps.secret, webhookId);
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const signature = createHmac('sha256', key).update(signed).digest('base64');
  expect(headers['webhook-signature']).toBe(`v1,${signature}`);
  expect(JSON.parse(body)).toMatchObject({
    type: 'command.succeeded',
    data: { id: finished[0]?.jobId, command: 'charge-points', state: 'succeeded', problem: null },
  });
  expect(JSON.stringify(data)).not.toContain(text);
});

test('a refusal is sent with its problem', async () => {
  await register();
  const use = lane.command('use-points', { subject: 'poor', input: { amount: 1 } });
  await outbox.put(await lane.run(use));
  deliver();
  await untilOver('completed');
  const { type, data } = JSON.parse(receiver.received[0]?.body as string);
  expect(type).toBe('command.rejected');
  expect(data).toMatchObject({ result: null, problem: { code: 'INSUFFICIENT_POINTS' } });
});

test('a queue entry is sent without a queue token, and without its internal id', async () => {
  await register(receiver.url, ['enter-queue']);
  await outbox.put(await lane.run(lane.command('enter-queue', { subject: 'cleo' })));
  deliver();
  await untilOver('completed');
  const { data } = JSON.parse(receiver.received[0]?.body as string);
  expect(data.state).toBe('succeeded');
  expect(Object.keys(data.result).toSorted()).toEqual([
    'bookingUntil',
    'enteredAt',
    'expiresAt',
    'number',
    'queueId',
    'state',
  ]);
  expect(receiver.received[0]?.body).not.toMatch(/token/i);
});

test('a webhook receives only the commands it subscribes to, and none after its removal', async () => {
  const webhookId = await register(receiver.url, ['pay-booking']);
  const finished: FinishedCommand[] = await lane.run(charge('dan'));
  await outbox.put(finished);
  expect(await queue.count()).toBe(0);
  await register();
  await outbox.put(finished);
  expect(await queue.count()).toBe(1);
  await lane.rows(`update webhook set removed_at = now() where id <> ${webhookId}`);
  await outbox.refresh();
  await outbox.put(await lane.run(charge('dan')));
  expect(await queue.count()).toBe(1);
});

/** An outbox with a connection of its own to Redis. */
async function outboxOver(redisUrl: string) {
  const lost = connectWithRetries(redisUrl, deps.log);
  await untilReady(lost);
  const pending = new PendingMessages(lost, { redisPrefix: deps.redisPrefix, max: 1000 });
  const own = openQueue(WEBHOOKS_QUEUE, lost, lane.config);
  const other = new WebhookOutbox({ ...deps, queue: own, pending });
  await other.refresh();
  return {
    other,
    lost,
    async close() {
      other.stop();
      lost.disconnect();
      await own.close().catch(() => undefined);
    },
  };
}

test('an outcome is kept in PostgreSQL while the queue is away, and sent once when it is back', async () => {
  const early = await register();
  const { other, lost, close } = await outboxOver(lane.config.redisUrl);
  lost.disconnect();
  const finished = await lane.run(charge('kim'));
  await other.put(finished);
  await other.put(finished);
  expect(await queue.count()).toBe(0);
  expect(logged.filter((line) => line.includes('kept in PostgreSQL'))).toHaveLength(1);
  await register();
  await relayEvents(lane.orm, outbox);
  deliver();
  const { id } = await untilOver('completed');
  expect(id).toBe(`${early}_${finished[0]?.jobId}`);
  expect(receiver.received).toHaveLength(1);
  expect(await lane.rows('select from webhook_event')).toEqual([]);
  await close();
});

test('an outcome is kept while the queue’s server hangs, and the queue is used again once it answers', async () => {
  await register();
  const line = await openTcpLine(lane.config.redisUrl);
  const { other, close } = await outboxOver(line.url);
  line.hold();
  await other.put(await lane.run(charge('liv')));
  expect(await lane.rows('select from webhook_event')).toHaveLength(1);
  await expect(relayEvents(lane.orm, other)).rejects.toThrow(NoAnswerInTime);
  expect(await lane.rows('select from webhook_event')).toHaveLength(1);
  line.pass();
  await waitFor('a message in the queue', async () => {
    await other.put(await lane.run(charge('liv')));
    return (await queue.count()) > 0;
  });
  await relayEvents(lane.orm, other);
  expect(await lane.rows('select from webhook_event')).toEqual([]);
  await close();
  await line.stop();
});

test('many messages are added in portions, so that nothing else waits for them', async () => {
  const WEBHOOKS = 30;
  const EVENTS = 150;
  await lane.rows(`insert into webhook (url, commands, events, created_at)
    select '${receiver.url}', '[]', '["draw-made"]', now() from generate_series(1, ${WEBHOOKS})`);
  await lane.rows(`insert into webhook_event (name, user_id, data, happened_at)
    select 'draw-made', null, '{}', now() from generate_series(1, ${EVENTS})`);
  await outbox.refresh();
  const added = vi.spyOn(queue, 'addBulk');
  const taken = vi.spyOn(outbox, 'putEvents');
  await relayEvents(lane.orm, outbox);
  expect(await queue.count()).toBe(WEBHOOKS * EVENTS);
  const sizes = added.mock.calls.map(([jobs]) => jobs.length);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(200);
  const inOneTransaction = taken.mock.calls.map(([events]) => events.length * WEBHOOKS);
  expect(Math.max(...inOneTransaction)).toBeLessThanOrEqual(2000);
  added.mockRestore();
  taken.mockRestore();
});

test('each of thousands of webhooks receives an event', async () => {
  await lane.rows(`insert into webhook (url, events, created_at)
    select 'https://one-of-many.example', '["entry-away"]', now() from generate_series(1, 2002)`);
  await lane.rows(`insert into webhook_event (name, data, happened_at)
    values ('entry-away', '{"queueId": 1, "number": 1}', now())`);
  await outbox.refresh();
  expect(await relayEvents(lane.orm, outbox)).toBe(1);
  expect(await queue.getJobCounts('waiting')).toEqual({ waiting: 2002 });
  await lane.rows(`delete from webhook where url = 'https://one-of-many.example'`);
  await outbox.refresh();
});

test('a failed message is retried with the same id and body', async () => {
  receiver.statusOf = (tries) => [500, 302][tries - 1] ?? 204;
  await register();
  await outbox.put(await lane.run(charge('eve')));
  deliver();
  expect((await untilOver('completed')).attemptsMade).toBe(3);
  const sent = receiver.received.map(({ path, headers, body }) => [
    path,
    headers['webhook-id'],
    body,
  ]);
  expect(sent).toHaveLength(3);
  expect(new Set(sent.map((each) => JSON.stringify(each))).size).toBe(1);
});

test('a message is not retried after its last try', async () => {
  receiver.statusOf = () => 503;
  const webhookId = await register();
  await outbox.put(await lane.run(charge('fay')));
  deliver({ firstRetryMs: 1 });
  expect((await untilOver('failed')).attemptsMade).toBe(8);
  await waitFor('the log line', () =>
    logged.some((line) => line.includes('failed on its last try')),
  );
  expect(logged.at(-1)).toContain(`"webhookId":${webhookId}`);
});

test('a server that responds with 410 gets no retries', async () => {
  receiver.statusOf = () => 410;
  await register();
  await outbox.put(await lane.run(charge('gus')));
  deliver();
  expect((await untilOver('failed')).failedReason).toContain('410');
  expect(receiver.received).toHaveLength(1);
});

test.each([
  ['a literal address', () => `https://127.0.0.1:${receiver.port}/`],
  ['an IPv4 address in an IPv6 one', () => `https://[::ffff:127.0.0.1]:${receiver.port}/`],
  ['a name that leads to one', () => `https://localhost:${receiver.port}/`],
  ['no https', () => `http://93.184.216.34/`],
])('without the setting %s is refused for good, and nothing is connected', async (_, target) => {
  const before = receiver.connections;
  const refused = await counted('refused');
  const webhookId = await register(target());
  await outbox.put(await lane.run(charge('hal')));
  deliver({ isPrivateAllowed: false });
  expect((await untilOver('failed')).attemptsMade).toBe(1);
  await waitFor('the log line', () =>
    logged.some((line) => line.includes('failed on its last try')),
  );
  expect(logged.at(-1)).toContain(`"webhookId":${webhookId}`);
  expect(receiver.connections).toBe(before);
  expect(await counted('refused')).toBe(refused + 1);
});

async function counted(result: string): Promise<number> {
  const { values } = (await registry
    .getSingleMetric('seatlane_webhook_deliveries_total')
    ?.get()) ?? {
    values: [],
  };
  return values.find(({ labels }) => labels.result === result)?.value ?? 0;
}

const charges = (count: number) =>
  lane.run(...Array.from({ length: count }, (_, place) => charge(`many-${place}`)));

test('a receiver that never responds does not delay others', async () => {
  const silent = await startReceiver();
  silent.statusOf = () => 0;
  await register(silent.url, ['charge-points']);
  await outbox.put(await charges(300));
  await register(receiver.url, ['use-points']);
  const use = lane.command('use-points', { subject: 'many-1', input: { amount: 1 } });
  // Behind three hundred messages for the silent one, each of which would take a minute.
  await outbox.put(await lane.run(use));
  deliver({ timeoutMs: 60_000, firstRetryMs: 5000 });
  await waitFor('the message of the other webhook', () => receiver.received.length === 1);
  expect(silent.received.length).toBeLessThanOrEqual(SENDING_MAX);
  silent.stop();
});

test('ten receivers that hang after responding before do not delay others', async () => {
  const slow = await startReceiver();
  const ids: number[] = [];
  for (let place = 0; place < 10; place += 1) {
    ids.push(await register(slow.url, ['charge-points']));
  }
  await outbox.put(await charges(1));
  deliver({ timeoutMs: 60_000, firstRetryMs: 5000 });
  await waitFor('each to answer', async () => (await queue.getCompletedCount()) === ids.length);
  slow.statusOf = () => 0;
  await outbox.put(await charges(300));
  await register(receiver.url, ['use-points']);
  const uses = Array.from({ length: 50 }, (_, place) =>
    lane.command('use-points', { subject: `many-${place}`, input: { amount: 1 } }),
  );
  await outbox.put(await lane.run(...uses));
  await waitFor('the messages of the other webhook', () => receiver.received.length === 50);
  expect(slow.received.length).toBeLessThanOrEqual(ids.length * (1 + SENDING_MAX));
  slow.stop();
});

test('receivers whose name server hangs do not delay others', async () => {
  const nameServer = await startNameServer((name) =>
    name === 'shop.test' ? '127.0.0.1' : 'no reply',
  );
  for (let place = 1; place <= 10; place += 1) {
    await register(`http://shop-${place}.hangs.test/hook`, ['charge-points']);
  }
  await outbox.put(await charges(20));
  await register(receiver.url.replace('127.0.0.1', 'shop.test'), ['use-points']);
  const use = lane.command('use-points', { subject: 'many-1', input: { amount: 1 } });
  await outbox.put(await lane.run(use));
  deliver({ nameServers: [nameServer.address], timeoutMs: 60_000, firstRetryMs: 60_000 });
  await waitFor('the message of the other webhook', () => receiver.received.length === 1);
  nameServer.stop();
});

test('a receiver that fails five times in a row is paused, and the pause uses no tries', async () => {
  receiver.statusOf = () => 503;
  await register();
  await outbox.put(await charges(40));
  const pauseMs = 60_000;
  deliver({ firstRetryMs: pauseMs });
  // A message that has failed is delayed too, for some 5 ms, and one that found no slot for some 100.
  const putOff = async () => (await queue.getDelayed()).filter(({ delay }) => delay > pauseMs / 2);
  await waitFor('all to be put off', async () => (await putOff()).length === 40);
  const tries = receiver.received.length;
  expect(tries).toBeGreaterThanOrEqual(5);
  expect(tries).toBeLessThan(SENDING_MAX + 5);
  const sent = Object.groupBy(receiver.received, ({ headers }) => String(headers['webhook-id']));
  const tried = (await putOff()).filter(({ attemptsMade }) => attemptsMade > 0);
  expect(Object.fromEntries(tried.map(({ id, attemptsMade }) => [id, attemptsMade]))).toEqual(
    Object.fromEntries(Object.entries(sent).map(([id, requests = []]) => [id, requests.length])),
  );
});

test('a message that was pending for a day is given up without a request, and frees its slot', async () => {
  const pending = new PendingMessages(redis, { redisPrefix: deps.redisPrefix, max: 1 });
  const narrow = new WebhookOutbox({ ...deps, pending });
  await register();
  await narrow.refresh();
  await narrow.put(await charges(1));
  const [message] = await queue.getWaiting();
  const key = `${queueKeyStart(deps.redisPrefix, WEBHOOKS_QUEUE)}${message?.id}`;
  await redis.hset(key, 'timestamp', String((message?.timestamp ?? 0) - 90_000_000));
  // Whether the webhook still exists cannot be told, so the message would be delayed.
  const orm = await openDatabase({
    databaseUrl: 'postgres://seatlane@127.0.0.1:9/away',
    connectionsMax: 1,
    applicationName: 'test',
  });
  const connectionsBefore = receiver.connections;
  deliver({ orm, pending });
  expect(await untilOver('failed')).toMatchObject({
    attemptsMade: 1,
    failedReason: expect.stringContaining('pending for a day'),
  });
  expect(receiver.connections).toBe(connectionsBefore);
  const droppedBefore = await counted('dropped');
  await narrow.put(await charges(1));
  expect(await counted('dropped')).toBe(droppedBefore);
  await narrow.put(await charges(1));
  expect(await counted('dropped')).toBe(droppedBefore + 1);
  narrow.stop();
  await deliveries?.close();
  await orm.close();
});

test('messages beyond a webhook’s limit are dropped and counted; a repeated message uses no second slot', async () => {
  const pending = new PendingMessages(redis, { redisPrefix: deps.redisPrefix, max: 5 });
  const narrow = new WebhookOutbox({ ...deps, pending });
  const webhookId = await register();
  await narrow.refresh();
  const finished = await charges(4);
  await narrow.put(finished);
  await narrow.put(finished);
  const droppedBefore = await counted('dropped');
  await narrow.put(await charges(3));
  expect(await queue.count()).toBe(5);
  expect(await counted('dropped')).toBe(droppedBefore + 2);
  expect(logged.at(-1)).toContain('is full');
  expect(logged.at(-1)).toContain(`"webhookId":${webhookId}`);
  deliver();
  await waitFor('the five messages', async () => (await queue.getCompletedCount()) === 5);
  await narrow.put(await charges(1));
  await waitFor('the next one', () => receiver.received.length === 6);
  narrow.stop();
});

test('a full queue has capacity again after its jobs were deleted manually', async () => {
  const pending = new PendingMessages(redis, { redisPrefix: deps.redisPrefix, max: 5 });
  const narrow = new WebhookOutbox({ ...deps, pending });
  const webhookId = await register();
  await narrow.refresh();
  await narrow.put(await charges(5));
  await queue.drain();
  const set = `${queueKeyStart(deps.redisPrefix, WEBHOOKS_QUEUE)}pending:${webhookId}`;
  for (const id of await redis.zrange(set, '0', '-1')) await redis.zadd(set, '0', id);
  await narrow.put(await charges(5));
  expect(await queue.count()).toBe(5);
  narrow.stop();
});

test('a removed webhook receives no more messages, not even queued ones', async () => {
  const webhookId = await register();
  await outbox.put(await charges(3));
  const remove = lane.command('remove-webhook', { subject: operator, input: { webhookId } });
  await lane.result(remove);
  const removedBefore = await counted('removed');
  const connectionsBefore = receiver.connections;
  deliver();
  await waitFor('the queue to be empty', async () => (await queue.getCompletedCount()) === 3);
  expect(receiver.connections).toBe(connectionsBefore);
  expect(await counted('removed')).toBe(removedBefore + 3);
});

/** A waiting user in the queue of a concert of its own. */
async function queueOf(subject: string): Promise<{ queueId: number; scheduleId: number }> {
  const { id: scheduleId, concertId } = await lane.schedule();
  const queueId = await lane.queue([concertId]);
  await lane.result(lane.command('enter-queue', { subject, input: { queueId } }));
  return { queueId, scheduleId };
}

/** Sends what was recorded. @returns the bodies that arrived, in the order of the events */
async function eventsTold(count: number) {
  await relayEvents(lane.orm, outbox);
  deliver();
  await waitFor(`${count} events`, () => receiver.received.length === count);
  const bodies = receiver.received.map(({ body }) => JSON.parse(body));
  return bodies.toSorted((one, other) => Number(one.data.id) - Number(other.data.id));
}

const anyId = expect.stringMatching(/^\d+$/);
const anyTime = expect.stringMatching(/^\d{4}-.*Z$/);

test('a webhook receives expired holds, whether a timer or a command ended them', async () => {
  const { id: scheduleId, concertId, seatIds } = await lane.schedule();
  const ivy = await lane.buyer('ivy');
  const [first, second] = [
    await lane.hold(ivy, seatIds[0] as number),
    await lane.hold(ivy, seatIds[1] as number),
  ];
  await register(receiver.url, [], ['hold-expired']);
  await lane.expireHold(first);
  expect(await expireHolds(lane.orm)).toBe(1);
  // Another buyer's command ends this one before the timer does.
  await lane.expireHold(second);
  await lane.hold(await lane.buyer('jon'), second.seatId);
  const data = (bookingId: number, seatId: number) => {
    return {
      id: anyId,
      event: 'hold-expired',
      subject: 'ivy',
      bookingId,
      concertId,
      scheduleId,
      seatId,
      areaId: null,
    };
  };
  expect(await eventsTold(2)).toEqual([
    { type: 'event.hold-expired', timestamp: anyTime, data: data(first.id, first.seatId) },
    { type: 'event.hold-expired', timestamp: anyTime, data: data(second.id, second.seatId) },
  ]);
  expect(receiver.received[0]?.headers['webhook-signature']).toMatch(/^v1,/);
});

test('a webhook receives admitted users, and entries that expired or went unclaimed', async () => {
  await register(receiver.url, [], ['user-admitted', 'entry-expired', 'entry-unclaimed']);
  const { entryId: first } = await lane.buyer('kai');
  const { entryId: second } = await lane.buyer('lea');
  const { entryId: third } = await lane.buyer('max');
  await lane.rows(`update queue_entry set admitted_at = admitted_at - interval '1 hour',
    entered_at = entered_at - interval '1 hour' where id = ${first}`);
  await lane.rows(`update queue_entry set expires_at = now(), claimed_at = admitted_at
    where id in (${second}, ${third})`);
  // A command of this user ends the entry before the timer does.
  await lane.run(lane.command('enter-queue', { subject: 'max' }));
  await admit(lane.orm, { ...lane.config, admitLimit: 1 });
  const told = await eventsTold(6);
  expect(told.slice(0, 3)).toEqual(
    [
      ['kai', first],
      ['lea', second],
      ['max', third],
    ].map(([subject, number]) => ({
      type: 'event.user-admitted',
      timestamp: anyTime,
      data: { id: anyId, event: 'user-admitted', subject, queueId: 1, number, expiresAt: anyTime },
    })),
  );
  const ended = (event: string, subject: string, number: number) => ({
    type: `event.${event}`,
    timestamp: anyTime,
    data: { id: anyId, event, subject, queueId: 1, number },
  });
  expect(told.slice(3)).toEqual([
    ended('entry-expired', 'max', third),
    expect.anything(),
    expect.anything(),
  ]);
  expect(told.slice(4)).toEqual(
    expect.arrayContaining([
      ended('entry-unclaimed', 'kai', first),
      ended('entry-expired', 'lea', second),
    ]),
  );
});

test('a webhook receives the entries of a queue that is sold out, and of one whose sales have closed', async () => {
  await register(receiver.url, [], ['entry-sold-out', 'entry-closed']);
  const [soldOut, closed] = [await queueOf('uma'), await queueOf('vic')];
  await lane.rows(`update seat set state = 'sold' where schedule_id = ${soldOut.scheduleId}`);
  await lane.rows(`update schedule set booking_start_at = now() - interval '2 hours',
    booking_end_at = now() - interval '1 hour' where id = ${closed.scheduleId}`);
  const run = () => endOverQueues(lane.orm, { onEnded: () => undefined, log: deps.log });
  await run();
  await lane.rows(`update waiting_queue set over_since = over_since - interval '10 seconds'`);
  await run();
  // The audit after all tests would find sold seats without a payment.
  await lane.rows(`update seat set state = 'available' where schedule_id = ${soldOut.scheduleId}`);
  const ended = (event: string, subject: string, { queueId }: { queueId: number }) => ({
    type: `event.${event}`,
    timestamp: anyTime,
    data: { id: anyId, event, subject, queueId, number: 1 },
  });
  expect(await lane.rows('select name from webhook_event order by id')).toEqual([
    { name: 'entry-sold-out' },
    { name: 'entry-closed' },
  ]);
  expect(await eventsTold(2)).toEqual([
    ended('entry-sold-out', 'uma', soldOut),
    ended('entry-closed', 'vic', closed),
  ]);
});

test('a webhook receives a draw', async () => {
  await register(receiver.url, [], ['draw-made']);
  const { concertId } = await lane.schedule();
  const drawId = await gathering(lane, concertId);
  await comeDue(lane);
  await holdDraws(lane);
  const data = {
    id: anyId,
    event: 'draw-made',
    subject: null,
    drawId,
    concertId,
    places: expect.any(Number),
  };
  expect(await eventsTold(1)).toMatchObject([{ type: 'event.draw-made', data }]);
});

test('an event is kept until its messages are queued, and not recorded without a subscriber', async () => {
  const { seatIds } = await lane.schedule();
  const ned = await lane.buyer('ned');
  const expireOne = async () => {
    await lane.expireHold(await lane.hold(ned, seatIds.shift() as number));
    await expireHolds(lane.orm);
  };
  await register();
  await expireOne();
  expect(await lane.rows('select * from webhook_event')).toEqual([]);
  await register(receiver.url, [], ['hold-expired']);
  await expireOne();
  const putEvents = () => Promise.reject(new Error('Redis is away'));
  const relaying = relayEvents(lane.orm, { putEvents, eventsAtOnce: 1 });
  await expect(relaying).rejects.toThrow('Redis is away');
  expect(await lane.rows('select * from webhook_event')).toHaveLength(1);
  expect(await eventsTold(1)).toHaveLength(1);
  expect(await lane.rows('select * from webhook_event')).toEqual([]);
});
