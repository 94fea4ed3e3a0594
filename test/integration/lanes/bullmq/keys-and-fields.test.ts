/**
 * What a job looks like in Redis, key by key and field by field, as BullMQ writes it and as our scripts do. A version of BullMQ
 * that writes anything else fails here; what differs today is listed with its reason.
 */
import { Worker } from 'bullmq';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LaneConsumer } from '../../../../src/lanes/lane-queue.ts';
import type { LaneName } from '../../../../src/lanes/lanes.ts';
import {
  finishedJob,
  laneJob,
  openTestLaneQueues,
  type TestLaneQueues,
} from '../../../support/lane-queues.ts';

/** The lane in which BullMQ adds, takes and finishes jobs, and the lane in which our scripts do. */
const THEIRS: LaneName = 'seat-0';
const OURS: LaneName = 'user-0';
const JOBS = ['first', 'second'];

/** Keys that only BullMQ writes. */
const THEIR_KEYS: Record<string, string> = {
  id: 'counts jobs, to name those that have no id of their own: ours have one',
  events: 'the stream of events, which nobody here reads',
  'first:lock': 'the lock of a worker: the owner of a lane needs none (docs/decisions/0004)',
  'second:lock': 'as first:lock',
};

/** Fields of a job that only BullMQ writes. */
const THEIR_FIELDS: Record<string, string> = {
  ats: 'counts starts: a job that is taken again after a crash has a receipt or changed nothing',
  stacktrace: 'of the error in the worker: it is in our log, and readers of jobs must not see it',
};

/** Values that differ, with the reason. The reason replaces both values before the comparison. */
const OTHER_VALUES: Record<string, [differs: RegExp, why: string]> = {
  opts: [
    /"jobId":"\w+",/,
    'BullMQ repeats the options that it was given, and the id is one of them',
  ],
};
/** In ms since 1970. */
const TIMES = ['timestamp', 'processedOn', 'finishedOn'];

let queues: TestLaneQueues;
let worker: Worker;
let consumer: LaneConsumer;
/** The jobs as BullMQ's worker receives them. */
let taken: NonNullable<Awaited<ReturnType<Worker['getNextJob']>>>[];

beforeEach(() => {
  queues = openTestLaneQueues();
  consumer = queues.ours.openConsumer();
  const { prefix = '' } = queues.queueOf(THEIRS).opts;
  const connection = queues.redis;
  worker = new Worker(THEIRS, undefined, { connection, prefix, autorun: false });
});
afterEach(async () => {
  await worker.close();
  await queues.close();
});

/** Brings the jobs of both lanes into the same state: added, then taken, then one completed and one failed. */
const STEPS = {
  async add() {
    await Promise.all(
      [queues.queueOf(THEIRS), queues.queueOf(OURS)].map((queue) => queue.getMeta()),
    );
    for (const jobId of JOBS) {
      const { name, accepted } = laneJob(jobId);
      await queues.queueOf(THEIRS).add(name, accepted, { jobId });
    }
    await queues.ours.producer.add(
      OURS,
      JOBS.map((jobId) => laneJob(jobId)),
    );
  },
  async take() {
    const next = async () => (await worker.getNextJob('token', { block: false })) ?? expect.fail();
    taken = [await next(), await next()];
    await consumer.take([OURS], 10);
  },
  async finish() {
    const { outcome, finishedAt } = finishedJob('first');
    const [first, second] = taken;
    await first?.moveToCompleted({ outcome, finishedAt }, 'token', false);
    await second?.moveToFailed(new Error('It failed.'), 'token', false);
    const finished = [finishedJob('first'), finishedJob('second', 'failed')];
    await consumer.finish(new Map([[OURS, finished]]));
  },
};

type Dump = Record<string, unknown>;

/** All keys of a lane by their suffixes, with their contents. Sorted sets are listed without their scores. */
async function dump(lane: LaneName): Promise<Dump> {
  const { redis } = queues;
  const start = queues.keyOf(lane, '');
  const contents: Record<string, (key: string) => Promise<unknown>> = {
    hash: (key) => redis.hgetall(key),
    list: async (key) => ({ list: await redis.lrange(key, 0, -1) }),
    zset: async (key) => ({ zset: await redis.zrange(key, '0', '-1') }),
  };
  const keys = await redis.keys(`${start}*`);
  const found = keys.toSorted().map(async (key) => {
    const type = await redis.type(key);
    return [key.slice(start.length), (await contents[type]?.(key)) ?? type];
  });
  return Object.fromEntries(await Promise.all(found));
}

/** Removes keys and fields that only BullMQ writes, and replaces values that differ. */
function comparable(dumped: Dump): Dump {
  const keys = Object.entries(dumped).filter(([key]) => !(key in THEIR_KEYS));
  return Object.fromEntries(
    keys.map(([key, value]) => [key, JOBS.includes(key) ? withoutOurs(value as Dump) : value]),
  );
}

function withoutOurs(hash: Dump): Dump {
  const fields = Object.entries(hash).filter(([field]) => !(field in THEIR_FIELDS));
  return Object.fromEntries(
    fields.map(([field, value]) => {
      if (TIMES.includes(field)) return [field, /^\d{13}$/.test(String(value))];
      const [differs] = OTHER_VALUES[field] ?? [];
      return [field, differs ? String(value).replace(differs, '') : value];
    }),
  );
}

test.each([
  ['added', ['add']],
  ['taken', ['add', 'take']],
  ['finished', ['add', 'take', 'finish']],
] as const)(
  'jobs that were %s have the keys, types, fields and values that BullMQ gives them',
  async (_, steps) => {
    for (const step of steps) await STEPS[step]();
    const [theirs, ours] = [await dump(THEIRS), await dump(OURS)];
    expect(comparable(ours)).toEqual(comparable(theirs));
    // BullMQ writes every key that we write.
    expect(Object.keys(ours).filter((key) => key in THEIR_KEYS)).toEqual([]);
    for (const job of JOBS) {
      expect(Object.keys(ours[job] as Dump).filter((field) => field in THEIR_FIELDS)).toEqual([]);
    }
  },
);

test('every listed difference exists', async () => {
  const found = new Set<string>();
  for (const step of ['add', 'take', 'finish'] as const) {
    await STEPS[step]();
    const theirs = await dump(THEIRS);
    for (const key of Object.keys(theirs)) found.add(key);
    for (const job of JOBS) for (const field of Object.keys(theirs[job] as Dump)) found.add(field);
    const { opts } = theirs.first as Record<string, string>;
    for (const [field, [differs]] of Object.entries(OTHER_VALUES)) {
      if (differs.test(opts ?? '')) found.add(`another ${field}`);
    }
  }
  const listed = [
    ...Object.keys(THEIR_KEYS),
    ...Object.keys(THEIR_FIELDS),
    ...Object.keys(OTHER_VALUES).map((field) => `another ${field}`),
  ];
  expect(listed.filter((each) => !found.has(each))).toEqual([]);
});
