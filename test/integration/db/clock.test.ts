/** An API process's estimate of PostgreSQL's clock between measurements. */
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { DatabaseClock } from '../../../src/db/reads/clock.ts';
import { openTestLane, type TestLane } from '../../support/services/test-lane.ts';

const MINUTE_MS = 60_000;

let lane: TestLane;
beforeAll(async () => {
  lane = await openTestLane();
  return () => lane.stop();
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Moves the host's time of day, as NTP or the host of a resumed VM does. */
function stepHostClock(ms: number): void {
  const real = Date.now.bind(Date);
  vi.spyOn(Date, 'now').mockImplementation(() => real() + ms);
}

async function databaseNow(): Promise<number> {
  const [row] = await lane.rows<{ ms: number }>(
    'select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms',
  );
  return row?.ms as number;
}

/** Asserts that the clock shows a time between two readings of PostgreSQL's, give or take a measurement's error. */
async function expectDatabaseTime(clock: DatabaseClock): Promise<void> {
  const before = await databaseNow();
  const shown = clock.now();
  const after = await databaseNow();
  expect(shown).toBeGreaterThan(before - MINUTE_MS / 2);
  expect(shown).toBeLessThan(after + MINUTE_MS / 2);
}

test.each([MINUTE_MS, -MINUTE_MS])(
  'a step of the host’s clock by %i ms does not move the time that commands are stamped with',
  async (step) => {
    const clock = new DatabaseClock(lane.orm);
    await clock.measure();
    stepHostClock(step);
    await expectDatabaseTime(clock);
  },
);

test('a change of the host’s clock during a measurement does not affect it', async () => {
  const clock = new DatabaseClock(lane.orm);
  let calls = 0;
  const real = Date.now.bind(Date);
  vi.spyOn(Date, 'now').mockImplementation(() => real() - 2 * MINUTE_MS * (calls++ % 2));
  await clock.measure();
  vi.restoreAllMocks();
  await expectDatabaseTime(clock);
});

test('the wait for a connection is not taken for a part of the answer', async () => {
  const clock = new DatabaseClock(lane.orm);
  const pool = await lane.orm.em.getConnection().getNativeClient();
  const connect = pool.connect.bind(pool);
  const monotonic = performance.now.bind(performance);
  let waitedMs = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => monotonic() + waitedMs);
  const waiting = vi.spyOn(pool, 'connect').mockImplementation(async () => {
    waitedMs += 5 * MINUTE_MS;
    return connect();
  });
  await clock.measure();
  waiting.mockRestore();
  await expectDatabaseTime(clock);
});
