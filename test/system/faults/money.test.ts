/**
 * People buy by card while events are lost, repeated and late, and processes are killed: afterwards our books and those of the
 * provider are equal, payment by payment. `npm run bench:money` is the long form. The audit after all tests proves the rest.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compareWith, countPending, ourBooks } from '../../../scripts/bench/money/books.ts';
import { buy, type Ending } from '../../../scripts/bench/money/buyer.ts';
import { requestsTo } from '../../../scripts/bench/money/requests.ts';
import { freePort } from '../../../scripts/services/free-port.ts';
import { seededRandom } from '../../../scripts/simulate/seeded-random.ts';
import { checkoutKey } from '../../../src/lanes/payment-keys.ts';
import type { TestClient } from '../../support/http/client.ts';
import { SANDBOX_SECRET } from '../../support/sandbox/sandbox.ts';
import {
  cloneServices,
  queryDatabase,
  type TestServices,
} from '../../support/services/database.ts';
import {
  startApiProcess,
  startProcess,
  startWorkerProcess,
  type TestProcess,
} from '../../support/services/processes.ts';
import { stopTogether } from '../../support/services/stop-all.ts';
import { waitFor } from '../../support/wait-for.ts';

const BUYERS = 60;
/** Fewer than buyers, so that some find theirs taken. */
const SEATS = 50;
const PRICE = 100;
const CHALLENGE_MS = 1000;
const KILLS = 4;
const RETURN_ORIGIN = 'http://localhost:8080';
const ENDINGS: readonly Ending[] = ['pay', 'confirm', 'confirm', 'confirm', 'fail', 'decline'];
const FAULTS = { lostShare: 0.1, repeatedShare: 0.3, delayMsMax: 500, reordered: true };

let services: TestServices;
let client: TestClient;
let api: TestProcess;
let sandbox: { process: TestProcess; message: { port: number } };
let folder: string;
let settings: Record<string, string>;
const workers: TestProcess[] = [];
const query = <Row extends object>(text: string) => queryDatabase<Row>(services.databaseUrl, text);
const addWorker = async () => workers.push(await startWorkerProcess(services, settings));
const sandboxUrl = () => `http://localhost:${sandbox.message.port}`;

beforeAll(async () => {
  services = await cloneServices();
  folder = await mkdtemp(join(tmpdir(), 'seatlane-money-'));
  const port = await freePort();
  sandbox = await startProcess(
    'scripts/sandbox.ts',
    services,
    {
      SANDBOX_PORT: '0',
      SANDBOX_SECRET,
      SANDBOX_FAULTS: JSON.stringify(FAULTS),
      EVENTS_URL: `http://127.0.0.1:${port}/payments/sandbox/events`,
    },
    { words: ['--data', folder] },
  );
  settings = {
    PORT: String(port),
    SANDBOX_URL: sandboxUrl(),
    SANDBOX_SECRET,
    RETURN_ORIGINS: RETURN_ORIGIN,
    RECONCILE_SECONDS: '5',
    HOLD_SECONDS: '600',
    QUEUE_TOKEN_SECONDS: '600',
  };
  const started = await startApiProcess(services, settings);
  ({ client } = started);
  api = started;
  await Promise.all([addWorker(), addWorker()]);
});
afterAll(async () => {
  await stopTogether([api, sandbox.process, ...workers]);
  await rm(folder, { recursive: true, force: true });
});

test('no money is without a seat or a refund, and no seat without money', async () => {
  const { id: scheduleId, seats } = await client.schedule({
    seats: [{ from: 1, to: SEATS, price: PRICE }],
  });
  const random = seededRandom(7);
  const requests = requestsTo(`http://127.0.0.1:${settings.PORT}`);
  const shop = {
    scheduleId,
    seatIds: seats.map(({ id }) => id),
    returnUrl: `${RETURN_ORIGIN}/thanks`,
    pollMs: 500,
    patienceMs: 200_000,
  };
  const users = await Promise.all(
    Array.from({ length: BUYERS }, (_, number) => client.admitted(`buyer ${number}`)),
  );
  const buying = users.map(async ({ token, queueToken }) => {
    const plan = {
      ending: ENDINGS[Math.floor(random() * ENDINGS.length)] as Ending,
      challengeMs: random() * CHALLENGE_MS,
      givesBack: random() < 0.2,
    };
    const user = { Authorization: `Bearer ${token}`, 'Queue-Token': queueToken };
    return buy(requests, user, { shop, plan, random });
  });
  let isOver = false;
  const all = Promise.all(buying).finally(() => {
    isOver = true;
  });
  const captured = async () => (await ourBooks(query)).captured ?? 0;
  for (let kills = 0; kills < KILLS && !isOver; kills += 1) {
    const before = await captured();
    await Promise.race([
      waitFor('money has come in', async () => (await captured()) > before),
      all,
    ]);
    if (kills === 2) {
      await api.kill();
      api = await startApiProcess(services, settings);
    } else {
      const victim = workers.shift() as TestProcess;
      await Promise.all([victim.kill(), addWorker()]);
    }
  }
  const ends = await all;
  expect(ends).not.toContain('never over');
  expect(ends.filter((end) => end === 'paid').length).toBeGreaterThan(0);
  await waitFor('nothing is pending', async () => (await countPending(query)) === 0);

  const books = await ourBooks(query);
  expect(books).toMatchObject({
    'captured without seat or refund': 0,
    'seats without money': 0,
    'left in wallets': 0,
  });
  expect((books.captured ?? 0) - (books.refunded ?? 0)).toBe(books['sold by card']);
  const journal = await fetch(`${sandboxUrl()}/v1/journal`, {
    headers: { Authorization: `Bearer ${SANDBOX_SECRET}` },
  });
  const theirs = await compareWith(await journal.text(), query, checkoutKey);
  expect(theirs.differing).toEqual([]);
});
