/** Secrets are nowhere but where they belong: not in logs, metrics, documents, the dashboard, or Redis. */
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/connection/orm.ts';
import { firstFreePort } from '../../src/runtime/server.ts';
import { FAULTY_AMOUNT } from '../support/faults/faulty-amount.ts';
import type { AdmittedUser } from '../support/http/client.ts';
import { cloneServices, type TestServices } from '../support/services/database.ts';
import { startApiProcess, startProcess, type TestProcess } from '../support/services/processes.ts';
import { databaseRows } from '../support/services/rows.ts';
import { waitFor } from '../support/wait-for.ts';

const SETTINGS = {
  JWT_SECRET: 'jwt-secret-of-this-test-and-of-no-other',
  QUEUE_TOKEN_SECRET: 'queue-secret-of-this-test-and-no-other',
  ADMIN_PASSWORD: 'password-of-this-test',
  WEBHOOK_ALLOW_PRIVATE: 'true',
  LOG_LEVEL: 'trace',
};
const KEY = 'idempotency-key-of-this-test';
const DATABASE_PASSWORD = 'database-password-of-this-test';

let services: TestServices;
let ownerUrl: string;
let api: Awaited<ReturnType<typeof startApiProcess>>;
let worker: TestProcess;
let workerPort: number;
let buyer: AdmittedUser;
let operator: string;
let signingSecret: string;
let secrets: string[];

/** The same database for a role whose password would be recognised. */
async function withRecognisablePassword({ databaseUrl }: TestServices): Promise<string> {
  const orm = await openDatabase({ databaseUrl, connectionsMax: 1, applicationName: 'test' });
  const role = new URL(databaseUrl).pathname.slice(1);
  const rows = databaseRows(orm);
  await rows(`create role ${role} superuser login password '${DATABASE_PASSWORD}'`);
  await orm.close();
  const url = new URL(databaseUrl);
  url.username = role;
  url.password = DATABASE_PASSWORD;
  return url.href;
}

beforeAll(async () => {
  services = await cloneServices();
  ownerUrl = services.databaseUrl;
  services = { ...services, databaseUrl: await withRecognisablePassword(services) };
  api = await startApiProcess(services, SETTINGS);
  const file = 'test/support/faults/faulty-worker.ts';
  workerPort = await firstFreePort(9490);
  const settings = { ...SETTINGS, WORKER_PORT: String(workerPort) };
  ({ process: worker } = await startProcess(file, services, settings));
  buyer = await api.client.admitted('buyer');
  operator = await api.client.tokenFor('operator', 'admin');
  await useEverything();
  secrets = [
    SETTINGS.JWT_SECRET,
    SETTINGS.QUEUE_TOKEN_SECRET,
    SETTINGS.ADMIN_PASSWORD,
    KEY,
    DATABASE_PASSWORD,
    buyer.token,
    buyer.queueToken,
    operator,
    signingSecret,
  ];
});

afterAll(async () => {
  await Promise.all([api.stop(), worker.stop()]);
  const owner = { databaseUrl: ownerUrl, connectionsMax: 1, applicationName: 'test' };
  const orm = await openDatabase(owner);
  await databaseRows(orm)(`drop role ${new URL(services.databaseUrl).username}`);
  await orm.close();
});

/** What goes well, what is refused, what fails, and what breaks. */
async function useEverything(): Promise<void> {
  const { client } = api;
  const headers = { 'Idempotency-Key': KEY };
  const webhook = { url: 'http://127.0.0.1:9/hook', commands: ['charge-points'] };
  await client.command('POST', '/webhooks', { token: operator, body: webhook });
  const { body: webhooks } = await client.request('GET', '/webhooks', { token: operator });
  signingSecret = webhooks.items[0].secret;
  const charge = (amount: unknown) =>
    client.command('POST', '/points/charge', { ...buyer, headers, body: { amount } });
  expect((await charge(500)).status).toBe(200);
  expect((await charge(501)).status).toBe(422);
  expect((await charge('many')).status).toBe(400);
  const { seats } = await client.schedule();
  const held = await client.command('POST', `/concerts/seats/${seats[0]?.id}/book`, buyer);
  expect(held.status).toBe(200);
  const use = { ...buyer, body: { amount: FAULTY_AMOUNT } };
  expect((await client.command('POST', '/points/use', use)).body.code).toBe('COMMAND_FAILED');
  await client.request('GET', '/points', { token: `${buyer.token}x` });
  await client.request('GET', '/admin/queues', { headers: { Authorization: 'Basic YTpi' } });
  const orm = await openDatabase({ ...services, connectionsMax: 1, applicationName: 'test' });
  await databaseRows(orm)(`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`);
  await orm.close();
  await waitFor('PostgreSQL serves again', async () => {
    return (
      (await client.command('POST', '/points/charge', { ...buyer, body: { amount: 1 } })).status ===
      200
    );
  });
}

function expectNoSecret(where: string, text: string): void {
  expect(text.length, where).toBeGreaterThan(100);
  const found = secrets.filter((secret) => text.includes(secret));
  expect(found, where).toEqual([]);
}

test('logs hold none, though they tell of faults', () => {
  const said = `${api.said()}${worker.said()}`;
  expect(said).toContain('COMMAND_FAILED');
  expectNoSecret('the logs', said);
});

test('the figures of the worker hold none', async () => {
  const figures = await fetch(`http://127.0.0.1:${workerPort}/metrics`);
  expectNoSecret('/metrics of the worker', await figures.text());
});

test('metrics and documents hold none', async () => {
  for (const path of ['/metrics', '/openapi.json', '/docs']) {
    const { body } = await api.client.request('GET', path);
    expectNoSecret(path, typeof body === 'string' ? body : JSON.stringify(body));
  }
});

test('the dashboard shows none', async () => {
  const login = Buffer.from(`admin:${SETTINGS.ADMIN_PASSWORD}`).toString('base64');
  const headers = { Authorization: `Basic ${login}` };
  const look = async (query: string) =>
    (await api.client.request('GET', `/admin/queues/api/queues?${query}`, { headers })).body;
  const { queues } = await look('page=1&jobsPerPage=100');
  const shown = await Promise.all(
    queues.map(({ name }: { name: string }) =>
      look(`activeQueue=${name}&status=latest&page=1&jobsPerPage=100`),
    ),
  );
  expectNoSecret('the dashboard', JSON.stringify(shown));
});

async function everythingIn(redis: Redis, key: string): Promise<unknown> {
  switch (await redis.type(key)) {
    case 'string':
      return redis.get(key);
    case 'hash':
      return redis.hgetall(key);
    case 'list':
      return redis.lrange(key, 0, -1);
    case 'set':
      return redis.smembers(key);
    case 'zset':
      return redis.zrange(key, 0, '-1');
    default:
      return redis.xrange(key, '-', '+');
  }
}

test('Redis holds none', async () => {
  const redis = new Redis(services.redisUrl);
  const keys = await redis.keys(`${services.redisPrefix}:*`);
  const values = await Promise.all(keys.map((key) => everythingIn(redis, key)));
  redis.disconnect();
  expectNoSecret('Redis', JSON.stringify([keys, values]));
});
