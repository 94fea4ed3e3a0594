/**
 * The promises of `src/lanes/lane-queue.ts`, held by our implementation, by one that uses BullMQ's public interface alone, and
 * by each producer with the consumer of the other: what BullMQ added we take, and what we added BullMQ takes. The simulator's lanes in
 * memory keep them too, but operators cannot pause them.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { COMMAND_FAILED } from '../../../src/commands/command.ts';
import type { LaneConsumer, LaneProducer } from '../../../src/lanes/lane-queue.ts';
import type { LaneName } from '../../../src/lanes/lanes.ts';
import {
  ADDED_AT,
  finishedJob,
  idsOf,
  laneJob,
  openTestLaneQueues,
  type TestLaneQueues,
} from '../../support/lane-queues.ts';

const PAIRS = [
  ['ours', 'ours'],
  ['reference', 'reference'],
  ['reference', 'ours'],
  ['ours', 'reference'],
  ['memory', 'memory'],
] as const;

describe.each(PAIRS)('jobs from the %s producer, taken by the %s consumer', (adds, takes) => {
  let queues: TestLaneQueues;
  let producer: LaneProducer;
  let consumer: LaneConsumer;

  beforeEach(() => {
    queues = openTestLaneQueues();
    producer = queues[adds].producer;
    consumer = queues[takes].openConsumer();
  });
  afterEach(() => queues.close());

  const add = (...ids: string[]) => addTo('seat-0', ...ids);
  const addTo = (lane: LaneName, ...ids: string[]) =>
    producer.add(
      lane,
      ids.map((id) => laneJob(id)),
    );
  const manyIds = (name: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${name}${index}`);

  /** For the lane that most tests use. */
  const take = async (max = 10) => idsOf((await consumer.take(['seat-0'], max)).get('seat-0'));
  const finish = (...ids: string[]) =>
    consumer.finish(new Map([['seat-0', ids.map((id) => finishedJob(id))]]));

  test('a taken job equals the added job', async () => {
    const job = laneJob('a', { subject: 'Łukasz 🎫', input: { note: '' }, entryId: 7 });
    await producer.add('seat-0', [job]);
    expect(await consumer.take(['seat-0'], 1)).toEqual(new Map([['seat-0', [job]]]));
  });

  test('jobs are taken in the order in which they were added, up to the limit', async () => {
    await Promise.all([add('a', 'b'), addTo('seat-1', 'other'), add('c')]);
    await add('d');
    expect(await take(3)).toEqual(['a', 'b', 'c']);
    await finish('a', 'b', 'c');
    expect(await take()).toEqual(['d']);
  });

  test('adding tells which jobs the lane held already, of several calls in one turn', async () => {
    await Promise.all([add('b'), addTo('seat-1', 'd')]);
    const added = [add('a', 'b', 'c'), addTo('seat-1', 'b', 'd'), add('c'), addTo('user-0', 'b')];
    expect(await Promise.all(added)).toEqual([['b'], ['d'], ['c'], []]);
  });

  test('no jobs are taken from an empty lane', async () => {
    expect(await consumer.take(['seat-0', 'user-1'], 10)).toEqual(new Map());
  });

  test('adding a job that exists does not change it, whatever its state', async () => {
    const again = () => producer.add('seat-0', [laneJob('a', { subject: 'bob' })]);
    expect(await Promise.all([add('a'), again()])).toEqual([[], ['a']]);
    expect(await again()).toEqual(['a']);
    expect((await consumer.take(['seat-0'], 10)).get('seat-0')).toEqual([laneJob('a')]);
    await again();
    expect(await producer.countPending('seat-0')).toMatchObject({ waiting: 0, taken: 1 });
    await finish('a');
    expect(await again()).toEqual(['a']);
    expect(await take()).toEqual([]);
    expect(await producer.find('seat-0', 'a')).toMatchObject({ subject: 'ada' });
  });

  test('jobs that were taken and not finished are taken again, before any pending job', async () => {
    await add('a', 'b', 'c', 'd');
    await take(3);
    expect(await take()).toEqual(['a', 'b', 'c']);
    await finish('b');
    expect(await take()).toEqual(['a', 'c']);
    await finish('a', 'c');
    expect(await take()).toEqual(['d']);
  });

  test('the next consumer of a lane takes the jobs that a dead consumer had taken, in their order', async () => {
    await add('a', 'b', 'c');
    await take(2);
    consumer = queues[takes].openConsumer();
    expect(await take(1)).toEqual(['a']);
    expect(await take()).toEqual(['a', 'b']);
  });

  test('a take sees the result of a finish that was called before it', async () => {
    await add('a', 'b');
    await take(1);
    const finishing = finish('a');
    expect(await take()).toEqual(['b']);
    await finishing;
  });

  test('finishing a job twice or finishing an unknown job changes nothing', async () => {
    await add('a', 'b');
    await take();
    await finish('a');
    await finish('b', 'a', 'unknown');
    expect(await take()).toEqual([]);
    expect(await producer.countPending('seat-0')).toMatchObject({ waiting: 0, taken: 0 });
    expect(await producer.find('seat-0', 'unknown')).toBeUndefined();
  });

  test('a job can be found with its data and state from its addition until after it has finished', async () => {
    const states = ['succeeded', 'rejected', 'failed'] as const;
    await add('job0', 'job1', 'job2');
    const found = (id: string) => producer.find('seat-0', id);
    const about = { command: 'book-seat', subject: 'ada', acceptedAt: new Date(1) };
    expect(await found('job0')).toEqual({ ...about, jobId: 'job0', isRunning: false });
    await take();
    expect(await found('job0')).toEqual({ ...about, jobId: 'job0', isRunning: true });
    const finished = states.map((state, index) => ({
      ...finishedJob(`job${index}`, state),
      ...(index === 0 && { firstAcceptedAt: 1 }),
    }));
    await consumer.finish(new Map([['seat-0', finished]]));
    const [succeeded, rejected, failed] = await Promise.all(['job0', 'job1', 'job2'].map(found));
    const outcomeOf = (index: number) => finished[index]?.outcome;
    expect(succeeded).toMatchObject({
      ...about,
      finished: { outcome: outcomeOf(0), finishedAt: 2, firstAcceptedAt: 1 },
    });
    expect(rejected).toMatchObject({
      ...about,
      finished: { outcome: outcomeOf(1), finishedAt: 2 },
    });
    expect(failed).toMatchObject({ ...about, finished: { outcome: COMMAND_FAILED } });
  });

  test('a job of another lane or of an unknown lane is not found', async () => {
    await add('a');
    expect(await producer.find('seat-1', 'a')).toBeUndefined();
    expect(await producer.find('seat-63', 'a')).toBeUndefined();
  });

  test('pending jobs are counted, with the time of the oldest', async () => {
    const counts = () => producer.countPending('seat-0');
    expect(await counts()).toEqual({ waiting: 0, taken: 0, oldestAddedAt: undefined });
    await add('a', 'b', 'c');
    expect(await counts()).toEqual({ waiting: 3, taken: 0, oldestAddedAt: ADDED_AT });
    await take(2);
    expect(await counts()).toEqual({ waiting: 1, taken: 2, oldestAddedAt: ADDED_AT });
    await finish('a', 'b', 'c');
    await take();
    await finish('c');
    expect(await counts()).toEqual({ waiting: 0, taken: 0, oldestAddedAt: undefined });
  });

  test.skipIf(adds === 'memory')(
    'from a paused lane only unfinished taken jobs are taken, until it is resumed',
    async () => {
      await add('a', 'b');
      await take(1);
      await queues.queueOf('seat-0').pause();
      expect(await take()).toEqual(['a']);
      await finish('a');
      await add('c');
      expect(await take()).toEqual([]);
      await queues.queueOf('seat-0').resume();
      expect(await take()).toEqual(['b', 'c']);
    },
  );

  test('the last two thousand finished jobs are kept', async () => {
    const ids = manyIds('job', 2100);
    await add(...ids);
    for (let taken = await take(700); taken.length > 0; taken = await take(700)) {
      await finish(...taken);
    }
    if (adds !== 'memory') {
      const states = ['completed', 'active', 'waiting'] as const;
      expect(await queues.queueOf('seat-0').getJobCounts(...states)).toEqual({
        completed: 2000,
        active: 0,
        waiting: 0,
      });
    }
    expect(await producer.find('seat-0', 'job0')).toBeUndefined();
    expect(await producer.find('seat-0', 'job2099')).toBeDefined();
    await add('job0');
    expect(await take()).toEqual(['job0']);
  });

  describe('of several lanes', () => {
    const lanes: LaneName[] = ['seat-0', 'user-1'];
    const takeBoth = async (max: number) => {
      const taken = await consumer.take(lanes, max);
      return lanes.map((lane) => idsOf(taken.get(lane)));
    };

    test('are taken from each lane in its order', async () => {
      await addTo('user-1', 'b0');
      await addTo('seat-0', 'a0', 'a1');
      await addTo('user-1', 'b1', 'b2');
      expect(await takeBoth(10)).toEqual([
        ['a0', 'a1'],
        ['b0', 'b1', 'b2'],
      ]);
    });

    test('are shared: a long lane leaves room for a short one and uses the rest of the limit', async () => {
      await addTo('seat-0', ...manyIds('a', 100));
      await addTo('user-1', 'b0', 'b1');
      expect(await takeBoth(10)).toEqual([manyIds('a', 8), ['b0', 'b1']]);
    });

    test('are taken from one lane’s unfinished jobs and from the other lane’s pending jobs', async () => {
      await addTo('seat-0', 'a0', 'a1');
      await take(2);
      await addTo('seat-0', 'c0');
      await addTo('user-1', 'b0');
      expect(await takeBoth(10)).toEqual([['a0', 'a1'], ['b0']]);
    });

    test.skipIf(adds === 'memory')('are finished in one call', async () => {
      await Promise.all([addTo('seat-0', 'a0'), addTo('user-1', 'b0', 'b1')]);
      await takeBoth(10);
      await consumer.finish(
        new Map([
          ['seat-0' as const, [finishedJob('a0')]],
          ['user-1' as const, [finishedJob('b0'), finishedJob('b1', 'failed')]],
        ]),
      );
      const counts = await Promise.all(
        lanes.map((lane) => queues.queueOf(lane).getJobCounts('active', 'completed', 'failed')),
      );
      expect(counts).toEqual([
        { active: 0, completed: 1, failed: 0 },
        { active: 0, completed: 1, failed: 1 },
      ]);
    });

    test('are taken from every lane in turn if more lanes have jobs than the limit allows', async () => {
      const four: LaneName[] = ['seat-0', 'seat-1', 'seat-2', 'user-1'];
      await Promise.all(four.map((lane) => addTo(lane, ...manyIds('job', 10))));
      const given = new Set<LaneName>();
      for (let calls = 0; calls < four.length; calls += 1) {
        const taken = await consumer.take(four, 2);
        expect([...taken.values()].flat()).toHaveLength(2);
        for (const lane of taken.keys()) given.add(lane);
      }
      expect([...given].toSorted()).toEqual(four);
    });
  });

  describe('of which some are blocked', () => {
    const takeBeside = async (blocked: string[], max = 10) =>
      idsOf((await consumer.take(['seat-0'], max, () => blocked)).get('seat-0'));

    test('pending jobs are taken although blocked jobs were taken before them', async () => {
      await add('a', 'b', 'c', 'd');
      await take(2);
      expect(await takeBeside(['a', 'b'])).toEqual(['c', 'd']);
    });

    test('unfinished jobs of a former owner are taken before pending jobs', async () => {
      await add('a', 'b', 'c', 'd');
      await take(3);
      expect(await takeBeside(['b'])).toEqual(['a', 'c']);
      expect(await takeBeside(['a', 'b', 'c'])).toEqual(['d']);
    });

    test('unfinished jobs of a former owner are found behind any number of blocked jobs', async () => {
      const blocked = manyIds('blocked', 20);
      await add(...blocked, 'left', 'waits');
      await take(21);
      expect(await takeBeside(blocked, 5)).toEqual(['left']);
    });

    test('blocked jobs are taken again by an owner that does not know that they are blocked', async () => {
      await add('a', 'b');
      await take(2);
      expect(await takeBeside([])).toEqual(['a', 'b']);
    });
  });

  test('a wait ends when a job is added', async () => {
    const waiting = consumer.waitForJobs(['seat-0', 'user-1']);
    await addTo('user-1', 'a');
    await waiting;
    expect((await consumer.take(['user-1'], 1)).size).toBe(1);
  });

  test('a wait ends when it is stopped, and another one can begin', async () => {
    const waiting = consumer.waitForJobs(['seat-0']);
    consumer.stopWaiting();
    await waiting;
    await add('a');
    await consumer.waitForJobs(['seat-0']);
  });
});
