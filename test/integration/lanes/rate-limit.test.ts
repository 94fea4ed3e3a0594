/** The limit of commands per user, over two processes that share a Redis. The test sets the time. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { RateLimit } from '../../../src/lanes/rate-limit/rate-limit.ts';
import { connectWithRetries, type RedisConnection } from '../../../src/lanes/redis/redis.ts';
import { openLog } from '../../../src/runtime/log.ts';
import { waitFor } from '../../support/wait-for.ts';

const BEGIN = 1_780_000_000_050;
const LIMIT = 20;
let redis: RedisConnection;
let redisPrefix: string;
let now = BEGIN;
let count = 0;
let one: RateLimit;
let other: RateLimit;

beforeAll(() => {
  redis = connectWithRetries(inject('redisUrl'), openLog('test', 'silent'));
});

beforeEach(() => {
  count += 1;
  now = BEGIN;
  redisPrefix = `rate-limit-${process.pid}-${count}`;
  [one, other] = [open(), open()];
});

afterEach(() => {
  one.stop();
  other.stop();
});

afterAll(() => redis.disconnect());

const open = (rateLimit = LIMIT) =>
  new RateLimit(redis, { redisPrefix, rateLimit, now: () => now });

/** How many of these commands of the user `ada` a process accepts. */
function admitted(limit: RateLimit, commands: number): number {
  return Array.from({ length: commands }, () => limit.admit('ada')).filter((wait) => wait === 0)
    .length;
}

/** The sum of the counters that Redis keeps for the user `ada`. */
async function counted(): Promise<number> {
  const counts = await redis.hvals(`${redisPrefix}:sent:ada`);
  return counts.reduce((sum, each) => sum + Number(each), 0);
}

const counts = (commands: number) =>
  waitFor(`Redis counts ${commands}`, async () => (await counted()) === commands);

test('a user can use the whole limit within any ten seconds, also right after the previous window', async () => {
  expect(admitted(one, 13)).toBe(13);
  await counts(13);
  now = BEGIN + 10_100;
  expect(admitted(one, 3)).toBe(3);
  now = BEGIN + 11_700;
  expect(admitted(one, 30)).toBe(17);
});

test('a command is accepted after the wait that the refusal named', () => {
  expect(admitted(one, 5)).toBe(5);
  now = BEGIN + 4000;
  expect(admitted(one, 15)).toBe(15);
  const seconds = one.admit('ada');
  expect(seconds).toBe(6);
  now += seconds * 1000;
  expect(admitted(one, 6)).toBe(5);
});

test('commands accepted by one process count in the other from its next command on', async () => {
  expect(admitted(one, 19)).toBe(19);
  await counts(19);
  expect(admitted(other, 1)).toBe(1);
  await waitFor('the other process has heard', () => other.admit('ada') > 0);
  expect(other.admit('bob')).toBe(0);
});

test('counters of past slots are deleted, and the others expire', async () => {
  admitted(one, 5);
  await counts(5);
  now = BEGIN + 20_000;
  admitted(one, 2);
  await counts(2);
  expect(await redis.pttl(`${redisPrefix}:sent:ada`)).toBeGreaterThan(0);
});

test('users below 1 % of the limit cause no call to Redis', async () => {
  const wide = open(1000);
  expect(admitted(wide, 10)).toBe(10);
  expect(one.admit('bob')).toBe(0);
  await waitFor(
    'bob is counted',
    async () => (await redis.exists(`${redisPrefix}:sent:bob`)) === 1,
  );
  expect(await redis.exists(`${redisPrefix}:sent:ada`)).toBe(0);
  wide.stop();
});

test('the limit 0 means no limit', () => {
  expect(admitted(open(0), 1000)).toBe(1000);
});
