/** Webhook messages in the outbox: what fails is counted, and what an older version has queued is delivered. */
import { Queue } from 'bullmq';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { connectWithRetries, type RedisConnection } from '../../../../src/lanes/redis/redis.ts';
import { WorkerMetrics } from '../../../../workers/ops/metrics.ts';
import { addOutboxMetrics } from '../../../../workers/ops/outbox-metrics.ts';
import {
  type Outbox,
  type OutboxQueues,
  openOutbox,
  openOutboxQueues,
  outboxReads,
} from '../../../../workers/outbox/open.ts';
import { type Receiver, startReceiver, taken } from '../../../support/network/receiver.ts';
import { openTestLane, type TestLane } from '../../../support/services/test-lane.ts';
import { waitFor } from '../../../support/wait-for.ts';

let lane: TestLane;
let redis: RedisConnection;
let queues: OutboxQueues;
let webhooks: Queue;
let old: Queue;
let receiver: Receiver;
let outbox: Outbox;
const registry = new Registry();

beforeAll(async () => {
  receiver = await startReceiver();
  lane = await openTestLane({ webhookAllowPrivate: true });
  const { orm, config } = lane;
  const log = pino({ level: 'silent' });
  redis = connectWithRetries(config.redisUrl, log);
  queues = openOutboxQueues(redis, config);
  webhooks = queues.webhooks;
  const prefix = `${config.redisPrefix}:{webhooks}`;
  old = new Queue('webhooks', { connection: redis, prefix, skipWaitingForReady: true });
  const none = { owner: 'test', owned: () => [], blockedCommands: () => 0 };
  const metrics = new WorkerMetrics({ registry, ...none });
  addOutboxMetrics(registry, outboxReads(orm, queues));
  outbox = openOutbox({
    ...{ orm, redis, queues, settings: config, metrics, log, firstRetryMs: 1 },
    newestWebhookId: () => lane.deps.remembered.newestWebhookId,
  });
  await outbox.start(['webhooks']);
});
afterEach(async () => {
  receiver.received = [];
  receiver.statusOf = taken;
  await webhooks.obliterate({ force: true });
});
afterAll(async () => {
  await outbox.close();
  await Promise.all([old, ...Object.values(queues)].map((queue) => queue.close()));
  redis.disconnect();
  await lane.stop();
  receiver.stop();
});

async function register(): Promise<number> {
  const input = { url: receiver.url, commands: null, events: [] };
  const command = lane.command('register-webhook', { subject: 'operator', input });
  return (await lane.result<{ id: number }>(command)).id;
}

/** A message as version 0.2.0 has queued it: the name of the queue, the keys of Redis and the job are those of that version. */
function queued(webhookId: number) {
  const data = { webhookId, url: receiver.url, body: '{"type":"command.succeeded"}' };
  const backoff = { type: 'exponential', delay: 1, jitter: 0.3 };
  const opts = { jobId: `${webhookId}_user-0_${'a'.repeat(22)}`, attempts: 8, backoff };
  return old.add('charge-points', data, opts);
}

async function metricOf(name: string, labels: Record<string, string>): Promise<number | undefined> {
  const { values } = (await registry.getSingleMetric(name)?.get()) ?? { values: [] };
  return values.find((value) =>
    Object.entries(labels).every(([label, text]) => value.labels[label] === text),
  )?.value;
}

test('a message that the version before has queued is delivered', async () => {
  const { id } = await queued(await register());
  await waitFor('the message', async () => (await webhooks.getCompletedCount()) === 1);
  expect(receiver.received.map(({ headers }) => headers['webhook-id'])).toEqual([id]);
});

test('a message that fails in every try is a failed job, which is counted', async () => {
  receiver.statusOf = () => 503;
  await queued(await register());
  await waitFor('the failed job', async () => (await webhooks.getFailedCount()) === 1);
  const given = { queue: 'webhooks', result: 'given_up' };
  await waitFor('the count', async () => {
    return (await metricOf('seatlane_outbox_jobs_total', given)) === 1;
  });
  const retried = { queue: 'webhooks', result: 'retried' };
  expect(await metricOf('seatlane_outbox_jobs_total', retried)).toBe(7);
  expect(await metricOf('seatlane_outbox_dead', { queue: 'webhooks' })).toBe(1);
});
