/** The gauges of queues, which alerts compare: each has the value of its own queue, and no two gauges have the same. */
import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { noteWatch } from '../../../../src/db/presence.ts';
import { addQueueMetrics } from '../../../../src/http/ops/queue-metrics.ts';
import { openQueueViews } from '../../../../src/http/queue/open.ts';
import { admit } from '../../../../workers/timers/queue/admit.ts';
import { endWaiting } from '../../../../workers/timers/queue/end-waiting.ts';
import { samplesOf } from '../../../support/deploy/metric-samples.ts';
import { comeDue, gathering } from '../../../support/services/draws.ts';
import { inputOf, openTestLane, type TestLane } from '../../../support/services/test-lane.ts';

const subject = 'operator';
const RATE = { admitLimit: 4, admitWindowMs: 7000, maxActive: 11 };
const MAX_WAITING = 50;
const HOUSE_QUEUE = 1;

let lane: TestLane;
beforeAll(async () => {
  lane = await openTestLane();
});
afterAll(() => lane.stop());

/** A queue of its own, with these users waiting. */
async function queueWith(...subjects: string[]) {
  const { concertId, id: scheduleId } = await lane.schedule();
  const queueId = await lane.queue([concertId]);
  await enter(queueId, ...subjects);
  return { queueId, concertId, scheduleId };
}

const enter = (queueId: number, ...subjects: string[]) =>
  lane.run(
    ...subjects.map((name) =>
      lane.command('enter-queue', { subject: name, input: inputOf(queueId) }),
    ),
  );

/** Of nine users in the house queue the first one is skipped, the next four are admitted, and one of these leaves. */
async function fillHouseQueue(): Promise<void> {
  await enter(HOUSE_QUEUE, ...Array.from({ length: 9 }, (_, place) => `user ${place + 1}`));
  await noteWatch(lane.orm);
  await lane.rows(`update presence_watch set watched_since = now() - interval '1 day'`);
  await lane.rows(`update queue_entry set entered_at = now() - interval '1 day', seen_at = now() - interval '8 minutes'
    where queue_id = ${HOUSE_QUEUE} and number = 1`);
  const settings = { waitingIdleMs: 60_000, waitingGoneMs: 1_800_000 };
  await endWaiting({ orm: lane.orm, settings, onEnded: () => undefined, log: lane.deps.log });
  await admit(lane.orm, { ...lane.config, ...RATE });
  await lane.result(lane.command('leave-queue', { subject: 'user 2' }));
}

/** The gauges of each queue, read as an API process does. */
async function gaugesByQueue(): Promise<Map<number, Record<string, number>>> {
  const { queuesInMemory } = openQueueViews({
    orm: lane.orm,
    config: { ...lane.config, ...RATE },
    notePresence: async () => ({ far: [], claimed: [] }),
    noteWatch: async () => undefined,
    now: Date.now,
  });
  const registry = new Registry();
  addQueueMetrics({ registry, queuesInMemory, maxWaiting: MAX_WAITING });
  await queuesInMemory.refresh();
  const samples = samplesOf(await registry.metrics());
  expect(samples).toContainEqual({ name: 'seatlane_queue_waiting_max', labels: {}, value: 50 });
  const ofQueues = samples.filter(({ labels }) => labels.queue !== undefined);
  const byQueue = Map.groupBy(ofQueues, ({ labels }) => Number(labels.queue));
  return new Map(
    [...byQueue].map(([queueId, ofQueue]) => [
      queueId,
      Object.fromEntries(ofQueue.map(({ name, value }) => [name.replace('seatlane_', ''), value])),
    ]),
  );
}

test('each gauge has the value of its queue', async () => {
  const paused = await queueWith('ada', 'bea');
  const input = { queueId: paused.queueId, isPaused: true, admitLimit: 3, admitWindowSeconds: 20 };
  await lane.result(lane.command('set-admission', { subject, input: { ...input, maxActive: 9 } }));
  const gathers = await queueWith('cem');
  await gathering(lane, gathers.concertId);
  const overdue = await queueWith();
  await gathering(lane, overdue.concertId);
  await comeDue(lane, overdue.queueId);
  const soldOut = await queueWith();
  await lane.rows(`update seat set state = 'sold' where schedule_id = ${soldOut.scheduleId}`);
  await fillHouseQueue();
  const gauges = await gaugesByQueue();
  // The audit after all tests would find sold seats without a payment.
  await lane.rows(`update seat set state = 'available' where schedule_id = ${soldOut.scheduleId}`);

  const empty = {
    queue_waiting: 0,
    queue_active: 0,
    queue_active_max: 11,
    queue_passed_over: 0,
    queue_last_admitted: 0,
    queue_admitted_last_minute: 0,
    admission_limit: 4,
    admission_window_seconds: 7,
    admission_paused: 0,
    admission_gathering: 0,
    draw_overdue_seconds: 0,
    admission_sold_out: 0,
  };
  const ofPaused = { queue_waiting: 2, queue_active_max: 9, admission_paused: 1 };
  expect(Object.fromEntries(gauges)).toEqual({
    [HOUSE_QUEUE]: {
      ...empty,
      queue_waiting: 5,
      queue_active: 3,
      queue_passed_over: 1,
      queue_last_admitted: 5,
      queue_admitted_last_minute: 4,
    },
    [paused.queueId]: { ...empty, ...ofPaused, admission_limit: 3, admission_window_seconds: 20 },
    [gathers.queueId]: { ...empty, queue_waiting: 1, admission_gathering: 1 },
    [overdue.queueId]: {
      ...empty,
      admission_gathering: 1,
      draw_overdue_seconds: expect.toSatisfy((seconds: number) => seconds > 0),
    },
    [soldOut.queueId]: { ...empty, admission_sold_out: 1 },
  });
});
