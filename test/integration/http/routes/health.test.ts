/** Health and metrics. What happens while a service is away is tested with whole processes. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSeatlane, type TestSeatlane } from '../../../support/seatlane.ts';

let seatlane: TestSeatlane;
beforeAll(async () => {
  seatlane = await startSeatlane();
});
afterAll(() => seatlane.stop());

test.each(['/health/live', '/health/ready'])('%s is fine, without a token', async (path) => {
  expect(await seatlane.client.request('GET', path)).toMatchObject({
    status: 200,
    body: { status: 'ok' },
  });
});

test('metrics are text for Prometheus, and count outcomes by command and state', async () => {
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
    'seatlane_command_seconds_count{command="charge-points"} 1',
  ]) {
    expect(lines).toContain(line);
  }
  expect(body).not.toMatch(/ada|Bearer/);
});

test('metrics name every lane', async () => {
  const { body } = await seatlane.client.request('GET', '/metrics');
  const lanes = [...body.matchAll(/^seatlane_lane_waiting\{lane="([^"]+)"\}/gm)];
  const { seatLanes, userLanes } = seatlane.config;
  expect(new Set(lanes.map(([, lane]) => lane)).size).toBe(seatLanes + userLanes);
});
