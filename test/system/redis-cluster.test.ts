/**
 * Seatlane on a Redis Cluster of three primaries: lanes spread over the nodes, slots move while commands flow, a node
 * goes and comes back. What customers are told meanwhile is checked as in the tests of faults.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { BullmqConsumer } from '../../src/lanes/bullmq/consumer.ts';
import { queueKeyStart } from '../../src/lanes/bullmq/keys.ts';
import { BullmqProducer } from '../../src/lanes/bullmq/producer.ts';
import { openLaneQueues, TIMERS_QUEUE, WEBHOOKS_QUEUE } from '../../src/lanes/bullmq/queues.ts';
import { type LaneKind, type LaneName, laneNames, laneOf } from '../../src/lanes/lanes.ts';
import { connectWithRetries, RedisMismatch, untilReady } from '../../src/lanes/redis/redis.ts';
import { openLog } from '../../src/runtime/log.ts';
import { type Scene, startScene } from '../support/faults/scene.ts';
import { type AdmittedUser, type Answer, TestClient } from '../support/http/client.ts';
import { finishedJob, idsOf, laneJob } from '../support/lane-queues.ts';
import { cloneServices, queryDatabase } from '../support/services/database.ts';
import {
  slotOf,
  startRedisCluster,
  type TestRedisCluster,
  type TestRedisNode,
} from '../support/services/redis-cluster.ts';
import { waitFor } from '../support/wait-for.ts';

const COUNTS = { seatLanes: 8, userLanes: 8 };
const LANES = laneNames(COUNTS);
const log = openLog('test', 'silent');

let cluster: TestRedisCluster;
let scene: Scene;
let client: TestClient;

beforeAll(async () => {
  const [services, started] = await Promise.all([cloneServices(), startRedisCluster()]);
  cluster = started;
  scene = await startScene(
    {
      ...services,
      redisUrl: cluster.url,
      query: (text) => queryDatabase(services.databaseUrl, text),
      stop: () => cluster.stop(),
    },
    { apis: 1, workers: 2 },
  );
  client = new TestClient(scene.apis[0]?.url as string);
  await scene.untilOwned();
});

afterAll(() => scene.stop());

const keyStart = (lane: string) => queueKeyStart(scene.services.redisPrefix, lane);
const nodeOf = (lane: string) => cluster.ownerOf(keyStart(lane));
const laneOfKey = (kind: LaneKind, key: string) => laneOf({ kind, key }, COUNTS);

function otherThan(node: TestRedisNode): TestRedisNode {
  return cluster.nodes[(cluster.nodes.indexOf(node) + 1) % cluster.nodes.length] as TestRedisNode;
}

const charge = (user: AdmittedUser, headers: Record<string, string> = {}): Promise<Answer> =>
  client.command('POST', '/points/charge', { ...user, body: { amount: 100 }, headers });

const book = (user: AdmittedUser, seatId: number): Promise<Answer> =>
  client.command('POST', `/concerts/seats/${seatId}/book`, user);

test('users get from the queue to their seats, once and several at a time', async () => {
  const { seats } = await client.schedule({ seats: [{ from: 1, to: 40, price: 10 }] });
  const users = await Promise.all(
    Array.from({ length: 8 }, (_, index) => client.admitted(`buyer ${index}`)),
  );
  await Promise.all(
    users.map(async (user, index) => {
      const key = { 'Idempotency-Key': 'once' };
      const [charged, again] = await Promise.all([charge(user, key), charge(user, key)]);
      expect(again.body.id).toBe(charged.body.id);
      const held = await book(user, seats[index]?.id as number);
      const path = `/concerts/bookings/${held.body.result.id}/pay`;
      const paid = await client.command('POST', path, user);
      expect(paid.body.result).toMatchObject({ kind: 'payment', balance: 90 });
    }),
  );
  const group = await client.admitted('group');
  const seatIds = seats.slice(10, 13).map(({ id }) => id);
  const held = await client.command('POST', '/concerts/bookings', { ...group, body: { seatIds } });
  expect(held.body.result.bookings).toHaveLength(3);
});

test('an event stream of a job receives its outcome', async () => {
  const user = await client.admitted('listener');
  const accepted = await client.request('POST', '/points/charge', { ...user, body: { amount: 1 } });
  const stream = await fetch(`${client.base}${accepted.headers.get('location')}/events`, {
    headers: { Authorization: `Bearer ${user.token}` },
  });
  expect(await stream.text()).toContain('"state":"succeeded"');
});

test('each lane is on one node, and every node has lanes', async () => {
  const found = await Promise.all(
    cluster.nodes.map(async ({ client: node }) => {
      const keys = await node.keys(`${scene.services.redisPrefix}:*`);
      return LANES.filter((lane) => keys.some((key) => key.startsWith(keyStart(lane))));
    }),
  );
  expect(found.flat().toSorted()).toEqual(LANES.toSorted());
  expect(Math.min(...found.map(({ length }) => length))).toBeGreaterThan(0);
});

describe('a lane that moves to another node', () => {
  test('loses nothing while customers shop', async () => {
    await scene.shopping(async () => {
      for (const lane of LANES.filter((_, index) => index % 3 === 0)) {
        const move = await cluster.beginMove(slotOf(keyStart(lane)), otherThan(nodeOf(lane)));
        await move.moveKeys(await move.keysLeft(20));
        await sleep(150);
        await move.end();
      }
    });
  });

  test('has its scripts wait meanwhile, and run wholly once it has arrived', async () => {
    const lane: LaneName = 'seat-0';
    const redisPrefix = 'moving';
    const key = (name: string) => `${queueKeyStart(redisPrefix, lane)}${name}`;
    const redis = connectWithRetries(cluster.url, log);
    await untilReady(redis);
    const queues = openLaneQueues(redis, { seatLanes: 1, userLanes: 0, redisPrefix });
    const producer = new BullmqProducer(redis, { redisPrefix, queues, now: () => 1 });
    const consumer = new BullmqConsumer(redis, redisPrefix);
    const add = (jobId: string) => producer.add(lane, [laneJob(jobId)]);
    const finish = (jobId: string, state: 'succeeded' | 'failed') =>
      consumer.finish(new Map([[lane, [finishedJob(jobId, state)]]]));
    // Every key that the scripts name is there, so that they could run but for what they do with jobs.
    for (const jobId of ['a', 'b', 'c', 'd']) await add(jobId);
    await consumer.take([lane], 3);
    await Promise.all([finish('a', 'succeeded'), finish('b', 'failed')]);

    const move = await cluster.beginMove(slotOf(key('wait')), otherThan(nodeOf(lane)));
    await move.moveKeys([key('c'), key('d')]);
    const acting = Promise.all([finish('c', 'succeeded'), add('e')]);
    await sleep(100);
    await move.end();
    await acting;
    const queue = queues.get(lane);
    expect(await queue?.getJobCounts('active', 'waiting', 'completed', 'failed')).toEqual({
      active: 0,
      waiting: 2,
      completed: 2,
      failed: 1,
    });
    expect((await queue?.getJob('c'))?.finishedOn).toBeGreaterThan(0);
    expect(idsOf((await consumer.take([lane], 10)).get(lane))).toEqual(['d', 'e']);
    await queue?.close();
    redis.disconnect();
  });
});

test('a node that goes takes its lanes along, and brings them back with all that they held', async () => {
  const victim = otherThan(nodeOf(TIMERS_QUEUE));
  const { seats } = await client.schedule({ seats: [{ from: 1, to: 40, price: 10 }] });
  const users = await Promise.all(
    Array.from({ length: 24 }, (_, index) => client.admitted(`visitor ${index}`)),
  );
  const isOn = (lane: LaneName) => nodeOf(lane) === victim;
  const isUserOn = ({ subject }: AdmittedUser) => isOn(laneOfKey('user', subject));
  const isSeatOn = ({ id }: { id: number }) => isOn(laneOfKey('seat', String(id)));
  const [hit, spared] = [users.find(isUserOn), users.find((user) => !isUserOn(user))];
  const [hitSeat, sparedSeat] = [seats.find(isSeatOn), seats.find((seat) => !isSeatOn(seat))];
  if (!hit || !spared || !hitSeat || !sparedSeat) throw new Error('All lanes are on one node.');

  await scene.shopping(async () => {
    await victim.stop();
    // On a cluster a command without a reply may have been carried out by a node that was lost right after it.
    for (const answer of [await charge(hit), await book(spared, hitSeat.id)]) {
      expect(answer.status).toBe(503);
      expect(['SERVICE_UNAVAILABLE', 'ACCEPTANCE_UNKNOWN']).toContain(answer.body.code);
    }
    for (let times = 0; times < 10; times += 1) expect((await charge(spared)).status).toBe(200);
    expect((await book(spared, sparedSeat.id)).status).toBe(200);
    expect((await client.request('GET', '/health/ready')).status).toBe(200);
    await victim.start();
    await waitFor('its lanes serve again', async () => (await charge(hit)).status === 200);
    await waitFor('seats too', async () => (await book(hit, hitSeat.id)).status === 200);
  });
});

test('the node of the webhook queue goes: lanes of other nodes go on, and outcomes are told once it is back', async () => {
  const victim = nodeOf(WEBHOOKS_QUEUE);
  const { query } = scene.services;
  const keptCount = async () => (await query('select from webhook_event')).length;
  await query(`insert into webhook (url, commands, events, created_at)
    values ('http://127.0.0.1:9/nobody', '["charge-points"]', '[]', now())`);
  const users = await Promise.all(
    Array.from({ length: 24 }, (_, index) => client.admitted(`reader ${index}`)),
  );
  const spared = users.filter(({ subject }) => nodeOf(laneOfKey('user', subject)) !== victim);
  // Workers read the webhooks every two seconds.
  await waitFor('the webhook is known to all workers', async () => {
    await Promise.all(spared.map((user) => charge(user)));
    const webhooks = scene.services.redisPrefix;
    const queued = await victim.client.keys(`${webhooks}*{webhooks}*`);
    return queued.length > 10;
  });
  await victim.stop();
  for (let times = 0; times < 5; times += 1) {
    const answers = await Promise.all(spared.map((user) => charge(user)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  }
  expect(await keptCount()).toBeGreaterThan(0);
  await victim.start();
  await waitFor('what was kept is queued', async () => (await keptCount()) === 0);
  await query('update webhook set removed_at = now()');
});

test('nodes that ask for a password are all reached with that of REDIS_URL', async () => {
  const setPassword = (password: string) =>
    Promise.all(
      cluster.nodes.map(({ client: node }) => node.config('SET', 'requirepass', password)),
    );
  await setPassword('a/secret');
  // The third node is one that the others tell of.
  const known = cluster.nodes.slice(0, 2).map(({ url }) => url.replace('://', '://:a%2Fsecret@'));
  const redis = connectWithRetries(known.join(), log);
  await untilReady(redis);
  const lengths = await Promise.all(LANES.map((lane) => redis.llen(`${keyStart(lane)}wait`)));
  expect(lengths).toHaveLength(LANES.length);
  redis.disconnect();
  await setPassword('');
});

describe('a REDIS_URL that does not match its servers', () => {
  test.each([
    ['one node of a cluster', () => cluster.nodes[0]?.url as string, /name several nodes/],
    [
      'several servers that are not a cluster',
      () => `${inject('redisUrl')},${inject('redisUrl')}`,
      /not a Redis Cluster/,
    ],
  ])('%s: the start ends with a sentence', async (_, url, sentence) => {
    const redis = connectWithRetries(url(), log);
    const ready = untilReady(redis);
    await expect(ready).rejects.toThrow(RedisMismatch);
    await expect(ready).rejects.toThrow(sentence);
    redis.disconnect();
  });
});
