/** The k6 profiles, run without k6: all promises hold, and the figures are computed. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { COMPILE_CACHE } from '../../scripts/lib/compile-cache.ts';

const SCRIPT = resolve(import.meta.dirname, '../../scripts/bench/k6.ts');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seatlane-k6-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a profile with short pauses for thought. @returns what it wrote with `--json`, and what it `said` */
async function run(profile: string, words: string[]): Promise<any> {
  const json = join(folder, `${profile}.json`);
  const all = ['--profile', profile, '--json', json, '--set', 'THINK_SECONDS=0.1', ...words];
  const child = fork(SCRIPT, all, {
    env: { PATH: process.env.PATH, ...COMPILE_CACHE },
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (text) => {
      said += text;
    });
  }
  await once(child, 'close');
  // A threshold of a time may be exceeded here, so the exit code says nothing.
  const text = await readFile(json, 'utf8').catch(() => {
    throw new Error(`The profile ${profile} ended without results:\n${said}`);
  });
  return { ...JSON.parse(text), said };
}

const verdicts = ({ verdicts: all }: any) =>
  Object.fromEntries(all.map(({ metric, value }: any) => [metric, value]));

test('in a load of contests no seat is booked twice, and all points are right', async () => {
  const result = await run('load', ['--rate', '5', '--seconds', '3', '--set', 'CONTESTS=1']);
  expect(result.said).toContain('Audit: All checks passed.');
  expect(verdicts(result), result.said).toMatchObject({
    double_bookings_blocked: 1,
    points_right: 1,
    journeys_failed: 0,
    timed_work_slow: expect.any(Number),
  });
  const { metrics } = result;
  expect(metrics.iterations.count).toBeGreaterThan(0);
  expect(metrics.double_bookings_blocked.count).toBe(metrics.iterations.count);
  // The winner of a contest pays twice, and one of the payments is refused.
  expect(metrics.payment_outcome.count).toBe(2 * metrics.orders_paid.count);
  for (const time of ['seat_read', 'booking_outcome', 'payment_outcome']) {
    expect(metrics[time]).toMatchObject({
      'p(95)': expect.any(Number),
      max: expect.any(Number),
    });
  }
});

test('a soak says of memory, connections and Redis whether they grow', async () => {
  const result = await run('soak', ['--rate', '5', '--seconds', '4', '--set', 'CONTESTS=0']);
  expect(result.said).toContain('Audit: All checks passed.');
  expect(verdicts(result), result.said).toMatchObject({ points_right: 1, journeys_failed: 0 });
  // Every seat is there for somebody, so each journey buys one.
  expect(result.metrics.orders_paid.count).toBe(result.metrics.iterations.count);
  const watched = result.resources.map(({ what }: { what: string }) => what);
  expect(watched).toEqual(
    expect.arrayContaining([
      'heap of the API process',
      'heap of the worker',
      'resident memory of the worker',
      'connections to PostgreSQL',
      'keys in Redis without an expiry',
      'memory of Redis',
    ]),
  );
  for (const each of result.resources) {
    expect(each).toMatchObject({ first: expect.any(Number), last: expect.any(Number) });
    expect(each.isFlat).toBeTypeOf('boolean');
  }
});
