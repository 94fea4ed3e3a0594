/** On a Redis Cluster all keys of a lane are on one node, and the lanes are spread over the nodes. */
import { QueueKeys } from 'bullmq';
import { Command } from 'ioredis';
import { describe, expect, test } from 'vitest';
import { NEVER_WRITTEN, queueKeyStart, queuePrefix } from '../../../../src/lanes/bullmq/keys.ts';
import { OTHER_QUEUES } from '../../../../src/lanes/bullmq/queues.ts';
import { jobIdOf, mintReceiptId } from '../../../../src/lanes/job-id.ts';
import { laneNames } from '../../../../src/lanes/lanes.ts';

const PREFIX = 'seatlane';
const SLOTS = 16_384;
const lanes = laneNames({ seatLanes: 64, userLanes: 64 });
const queues = [...lanes, ...OTHER_QUEUES];

const slotOf = (key: string) => Number(new Command('get', [key]).getSlot());

test.each(queues)('all keys of the queue %s are in one slot', (name) => {
  const keys = Object.values(new QueueKeys(queuePrefix(PREFIX, name)).getKeys(name));
  const start = queueKeyStart(PREFIX, name);
  keys.push(`${start}${jobIdOf('seat-0', mintReceiptId(1))}`, `${start}${NEVER_WRITTEN}`);
  expect(keys.every((key) => key.startsWith(`${PREFIX}:`))).toBe(true);
  expect(new Set(keys.map(slotOf)).size).toBe(1);
});

test('our keys are in the same slot as those of BullMQ', () => {
  const wait = new QueueKeys(queuePrefix(PREFIX, 'seat-3')).toKey('seat-3', 'wait');
  expect(`${queueKeyStart(PREFIX, 'seat-3')}wait`).toBe(wait);
});

/** How many of these lanes each node has if the slots are distributed as `redis-cli --cluster create` does. */
function lanesByNode(counts: { seatLanes: number; userLanes: number }, nodes: number): number[] {
  const byNode = new Array<number>(nodes).fill(0);
  for (const lane of laneNames(counts)) {
    const node = Math.floor((slotOf(queueKeyStart(PREFIX, lane)) * nodes) / SLOTS);
    byNode[node] = (byNode[node] ?? 0) + 1;
  }
  return byNode;
}

describe('lanes are spread over the nodes', () => {
  test.each([
    [8, 3],
    [16, 3],
    [32, 6],
    [64, 6],
    [64, 12],
  ])('%i of each kind over %i nodes: none has twice its share, none has nothing', (each, nodes) => {
    const byNode = lanesByNode({ seatLanes: each, userLanes: each }, nodes);
    const share = (2 * each) / nodes;
    expect(Math.min(...byNode)).toBeGreaterThan(0);
    expect(Math.max(...byNode)).toBeLessThan(2 * share);
  });
});
