/** Timers keep running even if the worker that scheduled them had a wrong clock, or if one of them takes long. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openQueue, TIMERS_QUEUE } from '../../../../src/lanes/bullmq/queues.ts';
import { connectWithRetries } from '../../../../src/lanes/redis/redis.ts';
import { openLog } from '../../../../src/runtime/log.ts';
import { endHolds } from '../../../support/end-holds.ts';
import { holdLock } from '../../../support/services/hold-lock.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';
import { untilTimerRan } from '../../../support/services/timer-runs.ts';
import { waitFor } from '../../../support/wait-for.ts';

const AHEAD_MS = 300_000;

let seatlane: TestSeatlane;
beforeAll(async () => {
  seatlane = await startSeatlane({ workers: 0 });
});
afterAll(() => seatlane.stop());

test('a worker reschedules timers that were scheduled with a clock five minutes ahead', async () => {
  const { config, services } = seatlane;
  const redis = connectWithRetries(services.redisUrl, openLog('test', 'silent'));
  const queue = openQueue(TIMERS_QUEUE, redis, config);
  const nextTurns = async () => (await queue.getJobSchedulers()).map(({ next }) => next ?? 0);
  const real = Date.now.bind(Date);
  const clock = vi.spyOn(Date, 'now').mockImplementation(() => real() + AHEAD_MS);
  const ahead = await seatlane.addWorker();
  await waitFor('its timed work is scheduled', async () => {
    const turns = await nextTurns();
    return turns.length === 9 && turns.every((next) => next > real() + AHEAD_MS / 2);
  });
  await ahead.stop();
  clock.mockRestore();

  await seatlane.addWorker();
  const turns = await nextTurns();
  expect(Math.max(...turns)).toBeLessThan(real() + AHEAD_MS / 2);
  const schedule = await seatlane.client.schedule();
  const seatId = schedule.seats[0]?.id;
  const user = await seatlane.client.admitted('ada');
  const held = await seatlane.client.command('POST', `/concerts/seats/${seatId}/book`, user);
  expect(held.body.state).toBe('succeeded');
  const past = `now() - interval '1 second'`;
  await endHolds(seatlane.rows, `state = 'held'`, { holdEnd: past, seatEnd: past });
  await waitFor('the hold is ended', async () => {
    const [seat] = await seatlane.rows<{ state: string }>(
      `select state from seat where id = ${seatId}`,
    );
    return seat?.state === 'available';
  });
  await queue.close();
  redis.disconnect();
});

test('a timer that takes long runs once at a time, while the others go on', async () => {
  const { services, rows } = seatlane;
  const letGo = await holdLock(
    services.databaseUrl,
    'lock table app_user in access exclusive mode',
  );
  const relaying = async () => {
    const waiting = await rows(`select from pg_stat_activity where datname = current_database()
      and wait_event_type = 'Lock' and query like '%from "webhook_event"%'`);
    return waiting.length;
  };
  let most = await waitFor('a relay of events waits', async () => (await relaying()) || false);
  // None waits for a moment when the wait for the lock has timed out, so one look would not do.
  for (let looks = 0; looks < 4; looks += 1) {
    await untilTimerRan(seatlane, 'offer-calls', 1);
    most = Math.max(most, await relaying());
  }
  expect(most).toBe(1);
  await letGo();
});
