/** A Redis Cluster of three primaries without replicas, in a temporary folder, for one test file. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, Redis } from 'ioredis';
import { freePort } from '../../../scripts/services/free-port.ts';
import { startRedis } from '../../../scripts/services/redis.ts';
import type { Service } from '../../../scripts/services/service.ts';
import { waitFor } from '../wait-for.ts';

const NODES = 3;
const SLOTS = 16_384;
/** The default offset between a node's port and its port for the other nodes. */
const BUS = 10_000;
const PORT_MAX = 65_535;
const SETTINGS = {
  'cluster-enabled': 'yes',
  'cluster-node-timeout': '1000',
  // If a node is down, only its slots are unavailable.
  'cluster-require-full-coverage': 'no',
};

export interface TestRedisNode {
  url: string;
  /** A connection to this node alone. */
  client: Redis;
  stop(): Promise<void>;
  /** Restarts the node with its data. */
  start(): Promise<void>;
}

export interface TestRedisCluster {
  /** All nodes, as REDIS_URL names them. */
  url: string;
  nodes: readonly TestRedisNode[];
  /** The node that has the slot of a key. */
  ownerOf(key: string): TestRedisNode;
  /** Begins to move a slot without its keys. */
  beginMove(slot: number, to: TestRedisNode): Promise<SlotMove>;
  stop(): Promise<void>;
}

/** A slot that is being moved. Commands that need keys of both nodes are refused until the move has ended. */
export interface SlotMove {
  /** Keys that have not moved yet, `count` at most. */
  keysLeft(count: number): Promise<string[]>;
  moveKeys(keys: readonly string[]): Promise<void>;
  /** Moves the remaining keys, and announces the move to all nodes. */
  end(): Promise<void>;
}

export const slotOf = (key: string) => Number(new Command('get', [key]).getSlot());

export async function startRedisCluster(): Promise<TestRedisCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'seatlane-cluster-'));
  const nodes = await Promise.all(
    Array.from({ length: NODES }, (_, number) => startNode(join(folder, `${number}`))),
  );
  const owners = await form(nodes);
  const ownerOf = (slot: number) => owners[slot] as TestRedisNode;
  return {
    url: nodes.map(({ url }) => url).join(),
    nodes,
    ownerOf: (key) => ownerOf(slotOf(key)),
    async beginMove(slot, to) {
      const move = await beginMove(nodes, { slot, from: ownerOf(slot), to });
      return {
        ...move,
        async end() {
          await move.end();
          owners[slot] = to;
        },
      };
    },
    async stop() {
      await Promise.all(nodes.map((node) => node.stop()));
      for (const { client } of nodes) client.disconnect();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startNode(folder: string): Promise<TestRedisNode> {
  const port = await portWithBus();
  let server: Service = await startRedis(folder, port, SETTINGS);
  const client = new Redis(server.url, { maxRetriesPerRequest: null, retryStrategy: () => 50 });
  client.on('error', () => undefined);
  return {
    url: server.url,
    client,
    stop: () => server.stop(),
    async start() {
      server = await startRedis(folder, port, SETTINGS);
    },
  };
}

async function portWithBus(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (port + BUS <= PORT_MAX) return port;
  }
}

/** Connects the nodes and distributes the slots. @returns the node of each slot */
async function form(nodes: readonly TestRedisNode[]): Promise<TestRedisNode[]> {
  const owners = Array.from(
    { length: SLOTS },
    (_, slot) => nodes[Math.floor((slot * NODES) / SLOTS)] as TestRedisNode,
  );
  for (const [number, node] of nodes.entries()) {
    await node.client.cluster('SET-CONFIG-EPOCH', number + 1);
    const slots = [...owners.keys()].filter((slot) => owners[slot] === node);
    await node.client.cluster('ADDSLOTS', ...slots);
  }
  const [first, ...others] = nodes as [TestRedisNode, ...TestRedisNode[]];
  for (const { url } of others) {
    const { hostname, port } = new URL(url);
    await first.client.cluster('MEET', hostname, port);
  }
  await waitFor('all nodes know the whole cluster', async () => {
    const told = await Promise.all(nodes.map(({ client }) => client.cluster('INFO')));
    return told.every(
      (info) => info.includes('cluster_state:ok') && info.includes(`cluster_slots_ok:${SLOTS}`),
    );
  });
  return owners;
}

interface Way {
  slot: number;
  from: TestRedisNode;
  to: TestRedisNode;
}

async function beginMove(
  nodes: readonly TestRedisNode[],
  { slot, from, to }: Way,
): Promise<SlotMove> {
  const [fromId, toId] = await Promise.all([idOf(from), idOf(to)]);
  await to.client.cluster('SETSLOT', slot, 'IMPORTING', fromId);
  await from.client.cluster('SETSLOT', slot, 'MIGRATING', toId);
  const { hostname, port } = new URL(to.url);
  const keysLeft = (count: number) => from.client.cluster('GETKEYSINSLOT', slot, count);
  const moveKeys = async (keys: readonly string[]) => {
    await from.client.migrate(hostname, port, '', 0, 5000, 'KEYS', ...keys);
  };
  return {
    keysLeft,
    moveKeys,
    async end() {
      for (let keys = await keysLeft(100); keys.length > 0; keys = await keysLeft(100)) {
        await moveKeys(keys);
      }
      // The new owner first: it must know before another node redirects clients to it.
      for (const node of [to, from, ...nodes]) {
        await node.client.cluster('SETSLOT', slot, 'NODE', toId);
      }
    },
  };
}

async function idOf({ client }: TestRedisNode): Promise<string> {
  return client.cluster('MYID');
}
