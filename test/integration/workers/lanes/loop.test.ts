/** The loop over the lanes of a process, on real Redis: shared batches, separate lanes, and lanes that must not wait. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { BullmqConsumer } from '../../../../src/lanes/bullmq/consumer.ts';
import { jobIdOf, mintReceiptId } from '../../../../src/lanes/job-id.ts';
import type { LaneName } from '../../../../src/lanes/lanes.ts';
import { openLog } from '../../../../src/runtime/log.ts';
import type { BatchResult, LaneBatch, OwnedLane } from '../../../../workers/batch/batch.ts';
import { LaneLost } from '../../../../workers/batch/faults.ts';
import { batchLimits } from '../../../../workers/lanes/batch-limits.ts';
import { LaneLoop } from '../../../../workers/lanes/loop.ts';
import { laneJob, openTestLaneQueues, type TestLaneQueues } from '../../../support/lane-queues.ts';
import { waitFor } from '../../../support/wait-for.ts';

const log = openLog('test', 'silent');
const warn = vi.spyOn(log, 'warn');
const LANES: LaneName[] = ['seat-0', 'seat-1', 'user-0'];

let queues: TestLaneQueues;
let owned: Map<LaneName, { stopping: AbortController; ended: Promise<void> }>;
/** The shared batches and the separate ones: each lane with its commands. */
let together: string[][][];
let alone: string[][];
/** Retries of blocked keys. */
let keys: string[][];
/** First letters of the names of commands that need a locked row. */
let locked: Set<string>;
let isTogetherBroken: boolean;
let isTogetherThrowing: boolean;
/** Lanes whose separate batches hang until the promise resolves. */
let stuck: Map<LaneName, Promise<void>>;
/** The next shared batch waits for this promise. */
let hold: Promise<void> | undefined;
let lost: LaneName | undefined;

beforeEach(() => {
  queues = openTestLaneQueues();
  owned = new Map();
  together = [];
  alone = [];
  keys = [];
  locked = new Set();
  stuck = new Map();
  warn.mockClear();
  isTogetherBroken = false;
  isTogetherThrowing = false;
  hold = undefined;
  lost = undefined;
});

afterEach(async () => {
  for (const { stopping } of owned.values()) stopping.abort();
  await Promise.all([...owned.values()].map(({ ended }) => ended));
  await queues.close();
});

const namesIn = ({ lane, commands }: LaneBatch) => [lane.name, ...commands.map(({ name }) => name)];

/** Finishes all commands except those whose names begin with a locked name. */
function finishAll(laneBatches: readonly LaneBatch[]): BatchResult {
  const all = laneBatches.flatMap(({ commands }) => commands);
  const isLocked = ({ name }: { name: string }) => locked.has(name[0] ?? '');
  const finished = all.map(({ jobId, name }) => ({
    jobId,
    name,
    subject: 'ada',
    acceptedAt: 1,
    finishedAt: 2,
    outcome: { state: 'succeeded' as const, result: {} },
  }));
  return {
    finished: finished.filter((command) => !isLocked(command)),
    blocked: all.filter(isLocked),
  };
}

function openLoop(): LaneLoop {
  const { redis, redisPrefix, ours } = queues;
  return new LaneLoop({
    redis,
    redisPrefix,
    batchSize: 10,
    limits: batchLimits({ isCluster: false }),
    log,
    openConsumer: ours.openConsumer,
    takesLong: ({ name }) => name.startsWith('long'),
    async runTogether(laneBatches) {
      together.push(laneBatches.map(namesIn));
      await hold;
      if (isTogetherThrowing) throw new Error('broken by a test');
      return isTogetherBroken ? undefined : finishAll(laneBatches);
    },
    async runAlone(laneBatch) {
      alone.push(namesIn(laneBatch));
      await stuck.get(laneBatch.lane.name);
      if (laneBatch.lane.name === lost) throw new LaneLost(laneBatch.lane.name);
      return finishAll([laneBatch]);
    },
    async runKey(laneBatch) {
      keys.push(namesIn(laneBatch));
      return finishAll([laneBatch]);
    },
    unblocked: () => undefined,
    announced: () => undefined,
  });
}

function consume(loop: LaneLoop, ...lanes: LaneName[]): void {
  for (const name of lanes) {
    const stopping = new AbortController();
    const lane: OwnedLane = { name, epoch: 1, signal: stopping.signal };
    owned.set(name, { stopping, ended: loop.consume(lane) });
  }
}

const newJobId = (lane: LaneName) => jobIdOf(lane, mintReceiptId(Date.now()));
const add = (lane: LaneName, name: string) =>
  queues.ours.producer.add(lane, [{ ...laneJob(newJobId(lane)), name }]);

const left = async (lane: LaneName) => {
  const { waiting, taken } = await queues.ours.producer.countPending(lane);
  return waiting + taken;
};
const untilEmpty = (...lanes: LaneName[]) =>
  waitFor(`${lanes} to be empty`, async () => {
    const lengths = await Promise.all(lanes.map(left));
    return lengths.every((length) => length === 0);
  });

function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

test('pending commands of several lanes share one batch', async () => {
  const loop = openLoop();
  const first = gate();
  hold = first.opened;
  consume(loop, ...LANES);
  await add('seat-0', 'a');
  await waitFor('the first batch', () => together.length === 1);
  await Promise.all([add('seat-1', 'b'), add('seat-1', 'c'), add('user-0', 'd')]);
  hold = undefined;
  first.open();
  await untilEmpty(...LANES);
  expect(together).toEqual([
    [['seat-0', 'a']],
    [
      ['seat-1', 'b', 'c'],
      ['user-0', 'd'],
    ],
  ]);
  expect(alone).toEqual([]);
});

test('a slow command runs separately, and other lanes do not wait for it', async () => {
  const loop = openLoop();
  const long = gate();
  stuck.set('user-0', long.opened);
  consume(loop, ...LANES);
  await add('user-0', 'long');
  await waitFor('the long one', () => alone.length === 1);
  await Promise.all([add('seat-0', 'a'), add('user-0', 'after')]);
  await untilEmpty('seat-0');
  // One batch of a lane at a time: what came after the long one waits for it.
  expect(together).toEqual([[['seat-0', 'a']]]);
  expect(await left('user-0')).toBe(2);
  long.open();
  await untilEmpty('user-0');
  expect(together.at(-1)).toEqual([['user-0', 'after']]);
});

test('lanes of a failed batch run separately, and a stuck lane does not delay the others', async () => {
  const loop = openLoop();
  const first = gate();
  hold = first.opened;
  const trouble = gate();
  stuck.set('seat-0', trouble.opened);
  consume(loop, ...LANES);
  await add('user-0', 'first');
  await waitFor('the first batch', () => together.length === 1);
  await Promise.all([add('seat-0', 'a'), add('seat-1', 'b')]);
  isTogetherBroken = true;
  first.open();
  await waitFor('both alone', () => alone.length === 3);
  await untilEmpty('seat-1', 'user-0');
  isTogetherBroken = false;
  await Promise.all([add('seat-1', 'c'), add('user-0', 'd'), add('seat-0', 'waits')]);
  await untilEmpty('seat-1', 'user-0');
  expect(await left('seat-0')).toBe(2);
  trouble.open();
  await untilEmpty('seat-0');
  expect(together.at(-1)).toEqual([['seat-0', 'waits']]);
});

test('an unexpected error of a shared batch does not end the loop', async () => {
  const loop = openLoop();
  isTogetherThrowing = true;
  consume(loop, ...LANES);
  await add('seat-0', 'a');
  await untilEmpty('seat-0');
  expect(alone).toEqual([['seat-0', 'a']]);
  expect(warn.mock.calls).toEqual([
    [{ err: new Error('broken by a test'), lanes: ['seat-0'] }, expect.any(String)],
  ]);
  isTogetherThrowing = false;
  await add('seat-1', 'b');
  await untilEmpty('seat-1');
});

test('a released lane is left after its batch', async () => {
  const loop = openLoop();
  const batch = gate();
  hold = batch.opened;
  consume(loop, ...LANES);
  await add('seat-0', 'a');
  await waitFor('the batch', () => together.length === 1);
  let hasEnded = false;
  const { stopping, ended } = owned.get('seat-0') ?? {};
  ended?.then(() => {
    hasEnded = true;
  });
  stopping?.abort();
  await add('seat-0', 'next');
  expect(hasEnded).toBe(false);
  batch.open();
  await ended;
  await add('seat-1', 'b');
  await untilEmpty('seat-1');
  expect(together.flat().flat()).not.toContain('next');
});

test('a lost lane is left, and the other lanes continue', async () => {
  const loop = openLoop();
  consume(loop, ...LANES);
  lost = 'seat-0';
  isTogetherBroken = true;
  await add('seat-0', 'a');
  await owned.get('seat-0')?.ended;
  isTogetherBroken = false;
  await add('seat-1', 'b');
  await untilEmpty('seat-1');
  expect(await left('seat-0')).toBe(1);
});

test('a lane that is taken again is consumed again, starting with its unfinished commands', async () => {
  const loop = openLoop();
  consume(loop, 'seat-0');
  lost = 'seat-0';
  isTogetherBroken = true;
  await add('seat-0', 'a');
  await owned.get('seat-0')?.ended;
  await add('seat-0', 'b');
  isTogetherBroken = false;
  together = [];
  consume(loop, 'seat-0');
  await untilEmpty('seat-0');
  expect(together).toEqual([[['seat-0', 'a']], [['seat-0', 'b']]]);
});

test('a lost marker delays a command only briefly', async () => {
  const loop = openLoop();
  consume(loop, ...LANES);
  await add('seat-0', 'a');
  await untilEmpty('seat-0');
  // A job without its mark, as a Redis that failed over in between would leave it.
  const jobId = newJobId('seat-1');
  await queues.redis.hset(queues.keyOf('seat-1', jobId), { name: 'b', data: '{"acceptedAt":1}' });
  await queues.redis.lpush(queues.keyOf('seat-1', 'wait'), jobId);
  await untilEmpty('seat-1');
  expect(together.at(-1)).toEqual([['seat-1', 'b']]);
});

test('commands blocked by a locked row wait separately, and their lane continues', async () => {
  const loop = openLoop();
  consume(loop, ...LANES);
  locked.add('k');
  await add('seat-0', 'key');
  await waitFor('the key is blocked', () => loop.blockedCommands === 1);
  await Promise.all([add('seat-0', 'a'), add('seat-1', 'b')]);
  await untilEmpty('seat-1');
  await waitFor('only the blocked command is left', async () => (await left('seat-0')) === 1);
  expect(together.slice(1).flat().flat()).toEqual(expect.arrayContaining(['a', 'b']));
  expect(together.slice(1).flat().flat()).not.toContain('key');
  locked.clear();
  await untilEmpty('seat-0');
  expect(loop.blockedCommands).toBe(0);
});

test('a later command of a blocked key waits behind it without being tried', async () => {
  const loop = openLoop();
  consume(loop, ...LANES);
  // Both charges are of one user, so they have one key.
  locked.add('c');
  await add('user-0', 'charge-points');
  await waitFor('it is blocked', () => loop.blockedCommands === 1);
  const before = together.length;
  await add('user-0', 'charge-points');
  await waitFor('both are blocked', () => loop.blockedCommands === 2);
  expect(together).toHaveLength(before);
  locked.clear();
  await untilEmpty('user-0');
  expect(keys.at(-1)).toEqual(['user-0', 'charge-points', 'charge-points']);
});

test('a released lane leaves its blocked commands to the next owner, in order', async () => {
  const loop = openLoop();
  consume(loop, 'seat-0');
  locked.add('k');
  for (const name of ['key one', 'key two']) await add('seat-0', name);
  await waitFor('both are blocked', () => loop.blockedCommands === 2);
  owned.get('seat-0')?.stopping.abort();
  await owned.get('seat-0')?.ended;
  expect(loop.blockedCommands).toBe(0);
  locked.clear();
  together = [];
  consume(loop, 'seat-0');
  await untilEmpty('seat-0');
  expect(together).toEqual([[['seat-0', 'key one', 'key two']]]);
});

test('a lost lane is left while its batch is in flight, and can be consumed again immediately', async () => {
  const loop = openLoop();
  const hung = gate();
  hold = hung.opened;
  consume(loop, ...LANES);
  await add('seat-0', 'a');
  await waitFor('the batch', () => together.length === 1);
  for (const { stopping } of owned.values()) stopping.abort(new LaneLost('seat-0'));
  await Promise.all([...owned.values()].map(({ ended }) => ended));
  hold = undefined;
  consume(loop, ...LANES);
  await untilEmpty('seat-0');
  expect(together).toHaveLength(2);
  hung.open();
});

test('a slow shared batch does not delay the other lanes', async () => {
  const loop = openLoop();
  const slow = gate();
  hold = slow.opened;
  consume(loop, ...LANES);
  await add('seat-0', 'slow');
  await waitFor('the slow batch', () => together.length === 1);
  hold = undefined;
  await add('seat-1', 'b');
  await untilEmpty('seat-1');
  expect(await left('seat-0')).toBe(1);
  slow.open();
  await untilEmpty('seat-0');
});

test('a hanging loop is detected and restarted', async () => {
  const loop = openLoop();
  consume(loop, ...LANES);
  await add('seat-0', 'a');
  await untilEmpty('seat-0');
  const asked = performance.now();
  await waitFor('all lanes are looked at', () => loop.notPolledSince(asked).length === 0);
  const { prototype } = BullmqConsumer;
  const take = vi.spyOn(prototype, 'take').mockReturnValue(new Promise(() => undefined));
  await waitFor('the loop hangs', () => take.mock.calls.length > 0, 5000);
  expect(loop.notPolledSince(performance.now())).toHaveLength(LANES.length);
  take.mockRestore();
  for (const { stopping } of owned.values()) stopping.abort(new LaneLost('seat-0'));
  loop.restart();
  consume(loop, ...LANES);
  await add('seat-1', 'b');
  await untilEmpty('seat-1');
});
