/** A connection to a Redis Cluster gets out of every state, so that BullMQ's workers never wait for it in vain. */
import { once } from 'node:events';
import { Cluster } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCluster } from '../../../src/lanes/redis/open-redis.ts';
import {
  startRedisCluster,
  type TestRedisCluster,
  type TestRedisNode,
} from '../../support/services/redis-cluster.ts';
import { waitFor } from '../../support/wait-for.ts';

const OPTIONS = {
  enableOfflineQueue: true,
  maxRetriesPerRequest: null,
  connectTimeout: 2000,
  socketTimeout: 2000,
  keepAlive: 2000,
};
const NOWHERE = ['redis://127.0.0.1:1', 'redis://127.0.0.1:2'];

let running: TestRedisCluster;
beforeAll(async () => {
  running = await startRedisCluster();
});
afterAll(() => running.stop());

/** Disconnects a cluster that is connected to one of its nodes only, and waits until all connections to nodes are lost. */
async function disconnectWhole(cluster: Cluster): Promise<void> {
  let lost = 0;
  const nodes = cluster.nodes('all').length;
  cluster.on('-node', () => {
    lost += 1;
  });
  const ended = once(cluster, 'end');
  cluster.disconnect();
  await ended;
  await waitFor('the loss of every node', () => lost === nodes);
}

test('ioredis still leaves a cluster closed that has ended; without this, cluster-states.ts can go', async () => {
  const cluster = new Cluster(running.url.split(','));
  await cluster.set('some', 'key');
  await disconnectWhole(cluster);
  expect(cluster.status).toBe('close');
});

test.each([
  ['opened', () => openCluster(running.url.split(','), OPTIONS)],
  [
    'duplicated, as BullMQ does',
    () => {
      const original = openCluster(running.url.split(','), OPTIONS);
      const duplicate = original.duplicate();
      original.disconnect();
      return duplicate;
    },
  ],
])('a cluster that was %s can be disconnected and connected again and again', async (_, open) => {
  const cluster = open();
  for (let times = 0; times < 5; times += 1) {
    await cluster.set('some', 'key');
    await disconnectWhole(cluster);
    expect(cluster.status).toBe('end');
    await cluster.connect();
  }
  cluster.disconnect();
});

test('a cluster without nodes can be connected again in the moment in which it is disconnected', async () => {
  const cluster = openCluster(running.url.split(','), OPTIONS);
  await cluster.set('some', 'key');
  await disconnectWhole(cluster);
  cluster.disconnect();
  await cluster.connect();
  expect(await cluster.get('some')).toBe('key');
  cluster.disconnect();
});

test('a cluster of which no node can be reached ends when it is disconnected', async () => {
  const cluster = openCluster(NOWHERE, OPTIONS);
  cluster.on('error', () => undefined);
  await waitFor('the next attempt', () => cluster.status === 'reconnecting');
  const ended = once(cluster, 'end');
  cluster.disconnect();
  await ended;
  expect(cluster.status).toBe('end');
});

test('an attempt to connect to a cluster that is down ends when it is up, and that of ioredis still does not', async () => {
  const urls = running.url.split(',');
  const [ours, bare] = [openCluster(urls, OPTIONS), new Cluster(urls)];
  for (const cluster of [ours, bare]) {
    cluster.on('error', () => undefined);
    await cluster.set('some', 'key');
    await disconnectWhole(cluster);
  }
  const [lost, ...others] = running.nodes as [TestRedisNode, ...TestRedisNode[]];
  const ask = (isWhole: 'yes' | 'no') =>
    others.map(({ client }) => client.config('SET', 'cluster-require-full-coverage', isWhole));
  await Promise.all(ask('yes'));
  await lost.stop();
  await waitFor('the others to say that the cluster is down', async () => {
    const infos = await Promise.all(others.map(({ client }) => client.cluster('INFO')));
    return infos.every((info) => String(info).includes('cluster_state:fail'));
  });

  const begin = async (cluster: Cluster) => {
    const attempt = { isOver: false, count: 0 };
    cluster.on('connecting', () => {
      attempt.count += 1;
    });
    void cluster.connect().finally(() => {
      attempt.isOver = true;
    });
    await waitFor('two more attempts', () => attempt.count >= 3);
    return attempt;
  };
  const attempts = { ours: await begin(ours), bare: await begin(bare) };
  await lost.start();
  await Promise.all(ask('no'));
  await waitFor('both to be ready', () => [ours, bare].every(({ status }) => status === 'ready'));
  await Promise.all([ours, bare].map((cluster) => cluster.set('some', 'key')));
  expect(attempts).toMatchObject({ ours: { isOver: true }, bare: { isOver: false } });
  for (const cluster of [ours, bare]) cluster.disconnect();
});
