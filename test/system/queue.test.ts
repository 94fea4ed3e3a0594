/** The waiting queue with several processes: a burst of entries, and admission that nobody exceeds. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/connection/orm.ts';
import { AccessTokens } from '../../src/http/auth/access-tokens.ts';
import type { TestClient } from '../support/http/client.ts';
import { cloneServices } from '../support/services/database.ts';
import {
  startApiProcess,
  startWorkerProcess,
  type TestProcess,
} from '../support/services/processes.ts';
import { databaseRows } from '../support/services/rows.ts';
import { TEST_SECRET } from '../support/services/seatlane.ts';
import { waitFor } from '../support/wait-for.ts';

const BURST = 10_000;
const ADMIT_LIMIT = 40;
const MAX_ACTIVE = 100;
const AT_ONCE = 200;
const settings = {
  ADMIT_LIMIT: String(ADMIT_LIMIT),
  ADMIT_WINDOW_SECONDS: '2',
  MAX_ACTIVE: String(MAX_ACTIVE),
};

let client: TestClient;
let rows: <Row extends object>(text: string) => Promise<Row[]>;
let closeDatabase: () => Promise<void>;
let tokens: string[];
const processes: TestProcess[] = [];

beforeAll(async () => {
  const services = await cloneServices();
  const orm = await openDatabase({ ...services, connectionsMax: 2, applicationName: 'test' });
  rows = databaseRows(orm);
  closeDatabase = () => orm.close();
  const api = await startApiProcess(services, settings);
  client = api.client;
  const workers = await Promise.all(
    Array.from({ length: 4 }, () => startWorkerProcess(services, settings)),
  );
  processes.push(api, ...workers);
  const issuer = new AccessTokens({
    jwtSecret: TEST_SECRET,
    jwksUrl: undefined,
    jwtIssuer: 'seatlane',
    jwtAudience: 'seatlane',
  });
  const issued = Array.from({ length: BURST }, (_, n) =>
    issuer.issue({ subject: `user ${n}` }, Date.now()),
  );
  tokens = (await Promise.all(issued)).map(({ accessToken }) => accessToken);
});

afterAll(async () => {
  await Promise.all(processes.map((process) => process.stop()));
  await closeDatabase();
});

/** Sends a request until it is no longer refused because the process is busy, as clients do. */
async function insist(method: string, token: string): Promise<number> {
  for (;;) {
    const { status } = await client.request(method, '/users/queue', { token });
    if (status !== 503) return status;
    await sleep(100);
  }
}

async function forEachToken(send: (token: string) => Promise<unknown>): Promise<void> {
  const left = [...tokens];
  const work = async () => {
    for (let token = left.pop(); token !== undefined; token = left.pop()) await send(token);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

test('ten thousand users in a burst get each one number, without a gap', async () => {
  await forEachToken(async (token) => {
    expect(await insist('POST', token)).toBe(202);
  });
  const count = `select count(*)::int as places, count(distinct user_id)::int as users,
    max(number)::int as last from queue_entry`;
  const found = await waitFor('all queue entries', async () => {
    const [row] = await rows<{ places: number; users: number; last: number }>(count);
    return row?.places === BURST && row;
  });
  expect(found).toEqual({ places: BURST, users: BURST, last: BURST });
  const [early] = await rows<{ swapped: number }>(`select count(*)::int as swapped from queue_entry
    one join queue_entry next on next.number = one.number + 1 where next.entered_at < one.entered_at`);
  expect(early?.swapped).toBe(0);
});

test('four processes admit in order, never more than the limit in a window nor the ceiling', async () => {
  const active = async () => {
    const [row] = await rows<{ active: number }>(
      `select count(*)::int as active from queue_entry where state = 'active'`,
    );
    return row?.active ?? 0;
  };
  await waitFor('the ceiling', async () => (await active()) >= MAX_ACTIVE);
  const [first] = await rows<{ last: number; admitted: number }>(
    `select max(number)::int as last, count(*)::int as admitted from queue_entry
     where admitted_at is not null`,
  );
  expect(first).toEqual({ last: MAX_ACTIVE, admitted: MAX_ACTIVE });
  // Places that become free are given on.
  const admitted = tokens.slice(0, 20);
  const leaving = await Promise.all(
    admitted.map((token) => client.command('DELETE', '/users/queue', { token })),
  );
  expect(leaving.every(({ status }) => status === 200)).toBe(true);
  await waitFor('the free slots go to the next users', async () => (await active()) === MAX_ACTIVE);
  const [window] = await rows<{ most: number }>(`select max(admitted)::int as most from (
    select (select count(*) from queue_entry later where later.admitted_at >= one.admitted_at
      and later.admitted_at < one.admitted_at + interval '2 seconds') as admitted
    from queue_entry one where admitted_at is not null) counted`);
  expect(window?.most).toBeGreaterThan(0);
  expect(window?.most).toBeLessThanOrEqual(ADMIT_LIMIT);
});
