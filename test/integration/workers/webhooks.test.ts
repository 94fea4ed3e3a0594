/** Outcomes on their way to webhooks: queued with their batch, sent until they are taken, or given up. */
import { createHmac } from 'node:crypto';
import type { Job, Queue, Worker } from 'bullmq';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { webhookSecret } from '../../../src/commands/webhook-secret.ts';
import { openQueue, WEBHOOKS_QUEUE } from '../../../src/lanes/queues.ts';
import { connectPatiently, type RedisConnection } from '../../../src/lanes/redis.ts';
import type { FinishedCommand } from '../../../workers/batch.ts';
import { WorkerMetrics } from '../../../workers/metrics.ts';
import {
  type DeliveryDeps,
  startDeliveries,
  WebhookOutbox,
} from '../../../workers/webhooks/deliveries.ts';
import { type Received, type Receiver, startReceiver, taken } from '../../support/receiver.ts';
import { openTestLane, type TestLane } from '../../support/test-lane.ts';
import { waitFor } from '../../support/wait-for.ts';

const operator = 'operator';
let lane: TestLane;
let redis: RedisConnection;
let queue: Queue;
let deps: DeliveryDeps;
let outbox: WebhookOutbox;
let deliveries: Worker | undefined;
let logged: string[] = [];
let receiver: Receiver;

beforeAll(async () => {
  receiver = await startReceiver();
  lane = await openTestLane();
  const { redisUrl, redisPrefix, queueTokenSecret: secret } = lane.config;
  const log = pino({ level: 'warn' }, { write: (line) => logged.push(line) });
  redis = connectPatiently(redisUrl, log);
  queue = openQueue(WEBHOOKS_QUEUE, redis, lane.config);
  const { orm } = lane;
  deps = {
    ...{ orm, redis, queue, redisPrefix, secret, isPrivateAllowed: true, firstRetryMs: 5, log },
    metrics: new WorkerMetrics({
      registry: new Registry(),
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

async function register(to = receiver.url, commands: string[] | null = null): Promise<number> {
  const input = { url: to, commands };
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

/** The only message there is, once it was taken or given up. */
function untilOver(state: 'completed' | 'failed'): Promise<Job> {
  return waitFor(`a message to be ${state}`, async () => {
    const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'completed', 'failed');
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    return total === 1 && counts[state] === 1 && (await queue.getJobs([state]))[0];
  });
}

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

test('a place in the queue is sent without a queue token', async () => {
  await register(receiver.url, ['enter-queue']);
  await outbox.put(await lane.run(lane.command('enter-queue', { subject: 'cleo' })));
  deliver();
  await untilOver('completed');
  expect(JSON.parse(receiver.received[0]?.body as string).data.state).toBe('succeeded');
  expect(receiver.received[0]?.body).not.toMatch(/token/i);
});

test('a webhook hears only of the commands it asked for, and of none once it is removed', async () => {
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

test('a message that is not taken is sent again, the same in id and body', async () => {
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

test('a message is given up after its last try', async () => {
  receiver.statusOf = () => 503;
  const webhookId = await register();
  await outbox.put(await lane.run(charge('fay')));
  deliver({ firstRetryMs: 1 });
  expect((await untilOver('failed')).attemptsMade).toBe(8);
  await waitFor('the log line', () => logged.some((line) => line.includes('was given up')));
  expect(logged.at(-1)).toContain(`"webhookId":${webhookId}`);
});

test('a server that answers 410 gets no more tries', async () => {
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
  const webhookId = await register(target());
  await outbox.put(await lane.run(charge('hal')));
  deliver({ isPrivateAllowed: false });
  expect((await untilOver('failed')).attemptsMade).toBe(1);
  await waitFor('the log line', () => logged.some((line) => line.includes('was given up')));
  expect(logged.at(-1)).toContain(`"webhookId":${webhookId}`);
  expect(receiver.connections).toBe(before);
});
