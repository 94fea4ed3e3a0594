/** Health and metrics. The behaviour while a service is unavailable is tested with whole processes in test/system. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleOf, samplesOf } from '../../../support/deploy/metric-samples.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';
import { waitFor } from '../../../support/wait-for.ts';

let seatlane: TestSeatlane;
beforeAll(async () => {
  seatlane = await startSeatlane();
});
afterAll(() => seatlane.stop());

test.each(['/health/live', '/health/ready', '/health/serving'])(
  '%s returns 200 without a token',
  async (path) => {
    expect(await seatlane.client.request('GET', path)).toMatchObject({
      status: 200,
      body: { status: 'ok' },
    });
  },
);

test('metrics are in the text format of Prometheus, and count outcomes by command and state', async () => {
  const { client } = seatlane;
  const token = await client.tokenFor('ada');
  await client.command('POST', '/points/charge', { token, body: { amount: 5 } });
  await client.command('POST', '/points/use', { token, body: { amount: 500 } });
  const { status, headers, body } = await client.request('GET', '/metrics');
  expect(status).toBe(200);
  expect(headers.get('content-type')).toMatch(/^text\/plain/);
  const lines = (body as string).trim().split('\n');
  const sample = /^[a-z_:][\w:]*(\{([a-z_]\w*="[^"]*",?)*\})? [-+\d.eInfNa]+$/i;
  expect(lines.filter((line) => !/^(#|$)/.test(line) && !sample.test(line))).toEqual([]);
  for (const line of [
    'seatlane_commands_total{command="charge-points",state="succeeded"} 1',
    'seatlane_commands_total{command="use-points",state="rejected"} 1',
    'seatlane_commands_total{command="use-points",state="failed"} 0',
    'seatlane_commands_rejected_total{command="use-points",reason="INSUFFICIENT_POINTS"} 1',
    'seatlane_commands_not_accepted_total{operation="usePoints"} 0',
    'seatlane_command_seconds_count{command="charge-points"} 1',
  ]) {
    expect(lines).toContain(line);
  }
  expect(body).not.toMatch(/ada|Bearer/);
});

test('requests are counted by the template of their route and the class of their status', async () => {
  const { client } = seatlane;
  const token = await client.tokenFor('grace');
  const asked = { method: 'GET', route: '/jobs/{id}' };
  const count = async (status: string) => {
    const { body } = await client.request('GET', '/metrics');
    const labels = { ...asked, status };
    return sampleOf(samplesOf(body), 'seatlane_http_request_seconds_count', labels) ?? 0;
  };
  const { body: job } = await client.command('POST', '/points/charge', {
    token,
    body: { amount: 5 },
  });
  expect([await count('2xx'), await count('4xx')]).toEqual([0, 0]);
  await client.request('GET', `/jobs/${job.id}`, { token });
  await client.request('GET', '/jobs/another', { token });
  await client.request('GET', '/jobs/another');
  expect([await count('2xx'), await count('4xx')]).toEqual([1, 2]);
  const { body } = await client.request('GET', '/metrics');
  expect(body).not.toContain(job.id);
  const problems = 'seatlane_http_problems_total';
  expect(sampleOf(samplesOf(body), problems, { code: 'JOB_NOT_FOUND' })).toBe(1);
  expect(sampleOf(samplesOf(body), problems, { code: 'TOKEN_NOT_PROVIDED' })).toBe(1);
});

test('metrics show the queue and the admission with their limits', async () => {
  const { maxActive, maxWaiting, admitLimit, admitWindowMs } = seatlane.config;
  const samples = samplesOf((await seatlane.client.request('GET', '/metrics')).body);
  const shown = (name: string) => sampleOf(samples, `seatlane_${name}`);
  expect(shown('queue_active_max')).toBe(maxActive);
  expect(shown('queue_waiting_max')).toBe(maxWaiting);
  expect(shown('admission_limit')).toBe(admitLimit);
  expect(shown('admission_window_seconds')).toBe(admitWindowMs / 1000);
  expect(shown('lane_limit')).toBe(seatlane.config.laneLimit);
});

test('metrics show a pause of the admission until it ends', async () => {
  const { client } = seatlane;
  const token = await client.tokenFor('operator', 'admin');
  const shows = (isPaused: number) =>
    waitFor(`paused is ${isPaused}`, async () => {
      const { body } = await client.request('GET', '/metrics');
      return sampleOf(samplesOf(body), 'seatlane_admission_paused') === isPaused;
    });
  await client.command('POST', '/admin/admission', { token, body: { isPaused: true } });
  await shows(1);
  await client.command('POST', '/admin/admission', { token, body: { isPaused: false } });
  await shows(0);
});

test('metrics show the connections of the pool, and whether Redis can be reached', async () => {
  const samples = samplesOf((await seatlane.client.request('GET', '/metrics')).body);
  const pool = (state: string) => sampleOf(samples, 'seatlane_postgres_connections', { state });
  expect((pool('idle') ?? 0) + (pool('busy') ?? 0)).toBeGreaterThan(0);
  expect(sampleOf(samples, 'seatlane_postgres_connections_max')).toBe(10);
  expect(sampleOf(samples, 'seatlane_postgres_waiting')).toBe(0);
  for (const connection of ['commands', 'outcomes']) {
    expect(sampleOf(samples, 'seatlane_redis_up', { connection })).toBe(1);
  }
  for (const service of ['postgres', 'redis']) {
    expect(sampleOf(samples, 'seatlane_service_writable', { service })).toBe(1);
  }
});

test('metrics contain every lane', async () => {
  const { body } = await seatlane.client.request('GET', '/metrics');
  const lanes = [...body.matchAll(/^seatlane_lane_waiting\{lane="([^"]+)"\}/gm)];
  const { seatLanes, userLanes } = seatlane.config;
  expect(new Set(lanes.map(([, lane]) => lane)).size).toBe(seatLanes + userLanes);
});
