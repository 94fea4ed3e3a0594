/** PostgreSQL or Redis is away when a provider sends an event: the provider is asked to repeat it, and it takes effect once. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type RunningApi, startApi } from '../../../../src/api.ts';
import { readConfig } from '../../../../src/config/config.ts';
import { openLog } from '../../../../src/runtime/log.ts';
import { TestClient } from '../../../support/http/client.ts';
import { type LaneJobs, laneJobsOf } from '../../../support/http/enqueued-jobs.ts';
import { expectProblem } from '../../../support/http/problems.ts';
import { openTcpLine, type TcpLine } from '../../../support/network/tcp-line.ts';
import {
  eventOf,
  signedRequest,
  WITH_SANDBOX,
  type WrittenCheckout,
  writeCheckout,
} from '../../../support/sandbox/written-checkouts.ts';
import {
  environmentFor,
  startSeatlane,
  type TestSeatlane,
} from '../../../support/services/seatlane.ts';
import { stopTogether } from '../../../support/services/stop-all.ts';
import { waitFor } from '../../../support/wait-for.ts';

let seatlane: TestSeatlane;
let jobs: LaneJobs;
let redis: TcpLine;
let postgres: TcpLine;
let api: RunningApi;
let client: TestClient;
let checkout: WrittenCheckout;

beforeAll(async () => {
  seatlane = await startSeatlane({ settings: WITH_SANDBOX, workers: 0 });
  await seatlane.rows(`insert into app_user (subject) values ('ada')`);
  checkout = await writeCheckout(seatlane.rows, 'ada');
  jobs = laneJobsOf(seatlane);
  const { services } = seatlane;
  redis = await openTcpLine(services.redisUrl);
  postgres = await openTcpLine(services.databaseUrl);
  const through = { ...services, redisUrl: redis.url, databaseUrl: postgres.url };
  const { config } = readConfig(environmentFor(through, WITH_SANDBOX));
  api = await startApi({ config, log: openLog('test', 'silent') });
  client = new TestClient(`http://127.0.0.1:${api.port}`);
});
afterAll(async () => {
  await api.stop();
  await stopTogether([redis, postgres]);
  await jobs.close();
  // The audit would miss what began these checkouts.
  await seatlane.rows('delete from checkout');
  await seatlane.stop();
});
afterEach(() => jobs.clear());

const send = () =>
  client.request('POST', '/payments/sandbox/events', signedRequest(eventOf(checkout)));

test.each([
  ['PostgreSQL', () => postgres],
  ['Redis', () => redis],
])('while %s is away an event gets 503, and 200 afterwards', async (_service, lineOf) => {
  lineOf().refuse();
  const answer = await send();
  expectProblem(answer, 503, 'SERVICE_UNAVAILABLE');
  expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(await jobs.waiting()).toEqual([]);
  lineOf().pass();
  await waitFor('the event is enqueued', async () => (await send()).status === 200);
  expect(await jobs.waiting()).toHaveLength(1);
});

test('if the reply of Redis is lost, the event is repeated and enqueued once', async () => {
  redis.loseReplyTo('settle-checkout');
  const answer = await send();
  expectProblem(answer, 503, 'SERVICE_UNAVAILABLE');
  expect(answer.body.detail).toContain('Send it again');
  await waitFor('the event is enqueued', async () => (await send()).status === 200);
  expect(await jobs.waiting()).toHaveLength(1);
});
