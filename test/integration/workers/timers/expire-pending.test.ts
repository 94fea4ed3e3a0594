/** A payment that was accepted in time is not too late because its lane gets to it late. */
import type { Job } from 'bullmq';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openQueue, TIMERS_QUEUE } from '../../../../src/lanes/bullmq/queues.ts';
import { connectPatiently, type RedisConnection } from '../../../../src/lanes/redis/redis.ts';
import { openLog } from '../../../../src/runtime/log.ts';
import { expireHolds } from '../../../../workers/timers/expire-holds.ts';
import type { RunningWorker } from '../../../../workers/worker.ts';
import { endHolds } from '../../../support/end-holds.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';
import { waitFor } from '../../../support/wait-for.ts';

let seatlane: TestSeatlane;
let redis: RedisConnection;
let worker: RunningWorker;
beforeAll(async () => {
  seatlane = await startSeatlane({ workers: 0, settings: { HOLD_GRACE_SECONDS: '0' } });
  redis = connectPatiently(seatlane.services.redisUrl, openLog('test', 'silent'));
});
afterAll(async () => {
  redis.disconnect();
  await seatlane.stop();
});

const MINUTE = 60_000;

test('a hold whose payment is pending is kept long after its end, until the payment was carried out', async () => {
  const { client, rows, config } = seatlane;
  const first = await seatlane.addWorker();
  const schedule = await client.schedule();
  const ada = await client.admitted('ada');
  const held = await client.command('POST', '/orders', {
    ...ada,
    body: { scheduleId: schedule.id, seatIds: [schedule.seats[0]?.id] },
  });
  const orderId = held.body.result.id;
  await client.command('POST', '/points/charge', { ...ada, body: { amount: 1_000_000 } });
  await first.stop();

  const timers = await seatlane.addWorker({ parts: ['timers'] });
  const paying = await client.request('POST', `/orders/${orderId}/pay`, ada);
  expect(paying.status).toBe(202);
  await endHolds(rows, `id = ${orderId}`, { holdEnd: 'now()', seatEnd: 'now()' });
  const queue = openQueue(TIMERS_QUEUE, redis, config);
  const since = Date.now();
  await waitFor('the timer has run twice', async () => {
    const done = await queue.getCompleted();
    const after = ({ name, processedOn = 0 }: Job) =>
      name === 'expire-holds' && processedOn > since;
    return done.filter(after).length >= 2;
  });
  await queue.close();
  const [order] = await rows<{ state: string }>(
    `select state from app_order where id = ${orderId}`,
  );
  expect(order?.state).toBe('held');
  await timers.stop();

  worker = await seatlane.addWorker();
  const paid = await waitFor('the payment is carried out', async () => {
    const { body } = await client.request('GET', `/jobs/${paying.body.id}`, ada);
    return body.finishedAt ? body : undefined;
  });
  expect(paid).toMatchObject({ state: 'succeeded', result: { order: { state: 'paid' } } });
});

test('a hold is ended ten minutes after its end, whatever is pending', async () => {
  const { client, rows, orm } = seatlane;
  const schedule = await client.schedule();
  const bea = await client.admitted('bea');
  const held = await client.command('POST', '/orders', {
    ...bea,
    body: { scheduleId: schedule.id, seatIds: [schedule.seats[0]?.id] },
  });
  const orderId = held.body.result.id;
  const lastEnd = Date.now() - 60 * MINUTE;
  const endAt = async (minutes: number) => {
    const end = `now() - interval '${minutes} minutes'`;
    await endHolds(rows, `id = ${orderId}`, { holdEnd: end, seatEnd: end });
    await expireHolds(orm, { lastEnd });
    const [order] = await rows<{ state: string }>(
      `select state from app_order where id = ${orderId}`,
    );
    return order?.state;
  };
  // Its timers would end the hold.
  await worker.stop();
  expect(await endAt(9)).toBe('held');
  expect(await endAt(11)).toBe('expired');
});
