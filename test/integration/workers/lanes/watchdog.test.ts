/** The watchdog in a started worker: lanes whose loop hangs are released, taken again, and serve. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { freePort } from '../../../../scripts/services/free-port.ts';
import { BullmqConsumer } from '../../../../src/lanes/bullmq/consumer.ts';
import type { RunningWorker } from '../../../../workers/worker.ts';
import { sampleOf, samplesOf } from '../../../support/deploy/metric-samples.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';
import { waitFor } from '../../../support/wait-for.ts';

let seatlane: TestSeatlane;
let worker: RunningWorker;
let metricsUrl: string;
beforeAll(async () => {
  const port = await freePort();
  metricsUrl = `http://127.0.0.1:${port}/metrics`;
  seatlane = await startSeatlane({ settings: { WORKER_PORT: String(port) }, workers: 0 });
  worker = await seatlane.addWorker();
});
afterAll(async () => {
  vi.restoreAllMocks();
  await seatlane.stop();
});

/** How often the lanes were taken. */
async function takings(): Promise<number> {
  const rows = await seatlane.rows<{ sum: number }>(`select sum(epoch)::int as sum from lane`);
  return rows[0]?.sum ?? 0;
}

async function restarted(): Promise<number | undefined> {
  const response = await fetch(metricsUrl);
  return sampleOf(samplesOf(await response.text()), 'seatlane_lanes_restarted_total');
}

test('lanes whose loop hangs are released and taken again, and their commands are applied', async () => {
  const { seatLanes, userLanes } = seatlane.config;
  await waitFor('all lanes', () => worker.owned.length === seatLanes + userLanes);
  const before = await takings();
  expect(await restarted()).toBe(0);
  const take = vi.spyOn(BullmqConsumer.prototype, 'take');
  const hangs = new Promise<void>((resolve) => {
    take.mockImplementationOnce(() => {
      resolve();
      return new Promise(() => undefined);
    });
  });
  const token = await seatlane.client.tokenFor('ada');
  await hangs;
  const { status, body } = await seatlane.client.request('POST', '/points/charge', {
    token,
    body: { amount: 5 },
  });
  expect(status).toBe(202);
  const finished = await waitFor('the command to be applied', async () => {
    const job = await seatlane.client.request('GET', `/jobs/${body.id}`, { token });
    return job.body.finishedAt ? job.body : undefined;
  });
  expect(finished).toMatchObject({ state: 'succeeded', result: { balance: 5 } });
  await waitFor('all lanes again', () => worker.owned.length === seatLanes + userLanes);
  const count = (await restarted()) ?? 0;
  expect(count).toBeGreaterThan(0);
  await waitFor('each to be taken again', async () => (await takings()) - before === count);
});
