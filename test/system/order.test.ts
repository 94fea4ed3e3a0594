/** Commands of one key are applied in the order in which they were enqueued, whoever owns their lane in between. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/connection/orm.ts';
import type { AdmittedUser, TestClient } from '../support/http/client.ts';
import { cloneServices, type TestServices } from '../support/services/database.ts';
import {
  startApiProcess,
  startWorkerProcess,
  type TestProcess,
} from '../support/services/processes.ts';
import { databaseRows } from '../support/services/rows.ts';
import { waitFor } from '../support/wait-for.ts';

const KEYS = 20;
const COMMANDS = 10_000;
const EACH = COMMANDS / KEYS;
const SEATS = 50;
/** Users book minutes after they were admitted, on a busy machine. */
const settings = {
  MAX_SEATS_PER_USER: '1000',
  CLAIM_SECONDS: '3600',
  QUEUE_TOKEN_SECONDS: '3600',
};

let services: TestServices;
let client: TestClient;
let users: AdmittedUser[];
let rows: <Row extends object>(text: string) => Promise<Row[]>;
let closeDatabase: () => Promise<void>;
const processes: TestProcess[] = [];

async function addWorker(): Promise<TestProcess> {
  const worker = await startWorkerProcess(services, settings);
  processes.push(worker);
  return worker;
}

beforeAll(async () => {
  services = await cloneServices();
  const orm = await openDatabase({ ...services, connectionsMax: 2, applicationName: 'test' });
  rows = databaseRows(orm);
  closeDatabase = () => orm.close();
  const api = await startApiProcess(services, settings);
  processes.push(api);
  client = api.client;
  await addWorker();
  const subjects = Array.from({ length: KEYS }, (_, index) => `user ${index}`);
  users = await Promise.all(subjects.map((subject) => client.admitted(subject)));
});

afterAll(async () => {
  await Promise.all(processes.map((process) => process.stop()));
  await closeDatabase();
});

async function enqueue(path: string, user: AdmittedUser, body?: object): Promise<void> {
  const { status } = await client.request('POST', path, { ...user, body });
  expect(status).toBe(202);
}

/** Lanes move to a new worker, to another when that is killed, and back. */
async function rebalance(isDone: () => boolean): Promise<number> {
  let moves = 0;
  while (!isDone()) {
    const guest = await addWorker();
    await (moves % 2 === 0 ? guest.stop() : guest.kill());
    moves += 1;
  }
  return moves;
}

test('ten thousand charges are applied in their order while lanes change hands', async () => {
  let isDone = false;
  const moving = rebalance(() => isDone);
  await Promise.all(
    users.map(async (user) => {
      for (let amount = 1; amount <= EACH; amount += 1) {
        await enqueue('/points/charge', user, { amount });
      }
    }),
  );
  isDone = true;
  expect(await moving).toBeGreaterThan(0);
  await waitFor('all charges', async () => {
    const [count] = await rows<{ charges: number }>(
      `select count(*)::int as charges from point_history`,
    );
    return count?.charges === COMMANDS;
  });
  const outOfOrder = await rows(`
    select * from (
      select user_id, amount, row_number() over (partition by user_id order by id) as place
      from point_history
    ) line where amount <> place`);
  expect(outOfOrder).toEqual([]);
});

test('the first booking in a lane gets the seat', async () => {
  const schedule = await client.schedule({ seats: [{ from: 1, to: SEATS, price: 10 }] });
  // For each seat another user is first; nobody waits for an outcome.
  const inTurn = (first: number) => users.map((_, index) => users[(first + index) % KEYS]);
  await Promise.all(
    schedule.seats.map(async ({ id }, index) => {
      for (const user of inTurn(index)) {
        await enqueue(`/concerts/seats/${id}/book`, user as AdmittedUser);
      }
    }),
  );
  const holders = await waitFor('all seats held', async () => {
    const held = await rows<{ subject: string }>(
      `select subject from booking join app_user on app_user.id = user_id
       where schedule_id = ${schedule.id} order by seat_id`,
    );
    return held.length === SEATS && held.map(({ subject }) => subject);
  });
  expect(holders).toEqual(schedule.seats.map((_, index) => users[index % KEYS]?.subject));
});
