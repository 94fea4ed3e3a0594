/** A performance is cancelled while workers are killed: each of its orders ends once. The audit after all tests proves it too. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AdmittedUser, TestClient } from '../../support/http/client.ts';
import {
  cloneServices,
  queryDatabase,
  type TestServices,
} from '../../support/services/database.ts';
import {
  startApiProcess,
  startWorkerProcess,
  type TestProcess,
} from '../../support/services/processes.ts';
import { stopTogether } from '../../support/services/stop-all.ts';
import { waitFor } from '../../support/wait-for.ts';

const USERS = 50;
const ORDERS_A_USER = 4;
const PRICE = 100;
const CHARGED = 1000;
/** Every fourth order stays held. */
const PAID = USERS * (ORDERS_A_USER - 1);
const KILLS = 4;
const settings = { HOLD_SECONDS: '3600', QUEUE_TOKEN_SECONDS: '3600' };

let services: TestServices;
let client: TestClient;
let api: TestProcess;
const workers: TestProcess[] = [];
const rows = <Row extends object>(text: string) => queryDatabase<Row>(services.databaseUrl, text);
const addWorker = async () => workers.push(await startWorkerProcess(services, settings));

beforeAll(async () => {
  services = await cloneServices();
  const started = await startApiProcess(services, settings);
  ({ client } = started);
  api = started;
  await Promise.all([addWorker(), addWorker()]);
});
afterAll(() => stopTogether([api, ...workers]));

/** A user with orders of one seat each, all but the first paid. */
async function shopper(subject: string, scheduleId: number, seatIds: readonly number[]) {
  const user: AdmittedUser = await client.admitted(subject);
  const send = async (path: string, body?: object) => {
    const { status, body: answer } = await client.command('POST', path, { ...user, body });
    expect([path, status]).toEqual([path, 200]);
    return answer.result;
  };
  await send('/points/charge', { amount: CHARGED });
  const orders = await Promise.all(
    seatIds.map((seatId) => send('/orders', { scheduleId, seatIds: [seatId] })),
  );
  for (const { id } of orders.slice(1)) await send(`/orders/${id}/pay`);
}

test('every hold ends and every paid order is refunded once, however many workers die', async () => {
  const count = USERS * ORDERS_A_USER;
  const { id, seats } = await client.schedule({ seats: [{ from: 1, to: count, price: PRICE }] });
  const seatIds = seats.map((seat) => seat.id);
  await Promise.all(
    Array.from({ length: USERS }, (_, index) => {
      const first = index * ORDERS_A_USER;
      return shopper(`user ${index}`, id, seatIds.slice(first, first + ORDERS_A_USER));
    }),
  );
  const token = await client.tokenFor('operator', 'admin');
  const path = `/concerts/schedules/${id}`;
  const reason = 'The hall is flooded';
  const cancelled = await client.command('POST', `${path}/cancel`, { token, body: { reason } });
  expect(cancelled.body.result).toMatchObject({ state: 'cancelled' });

  for (let kills = 0; kills < KILLS; kills += 1) {
    // Each is killed at another moment: before the page, within it, and between its batches.
    const ended = async () => Number((await rows<{ count: string }>(ENDED))[0]?.count);
    const before = await ended();
    await Promise.race([
      waitFor('some orders have ended', async () => (await ended()) > before, 120_000),
      waitFor('the page is enqueued', async () => (await rows(ENQUEUED)).length > 0, 120_000),
    ]);
    const victim = workers.shift() as TestProcess;
    await Promise.all([victim.kill(), addWorker()]);
  }
  const progress = async () =>
    (await client.request('GET', `${path}/cancellation`, { token })).body;
  await waitFor(
    'all orders have ended',
    async () => {
      const { pending, holds } = await progress();
      return pending + holds === 0;
    },
    180_000,
  );
  await waitFor(
    'two passes have found no order',
    async () => {
      await rows(`update cancellation set next_at = now() where next_at is not null`);
      return (await progress()).isFinished;
    },
    120_000,
  );

  expect(await progress()).toMatchObject({ orders: PAID, refunded: PAID, failed: 0 });
  expect(
    await rows(`select state, count(*)::int from app_order group by state order by 1`),
  ).toEqual([
    { state: 'cancelled', count: USERS },
    { state: 'refunded', count: PAID },
  ]);
  const refunds = `select count(*)::int, count(distinct order_id)::int as orders, sum(price)::int
    from payment where kind = 'refund'`;
  expect(await rows(refunds)).toEqual([{ count: PAID, orders: PAID, sum: PAID * PRICE }]);
  expect(await rows(`select balance::int, count(*)::int from points group by balance`)).toEqual([
    { balance: CHARGED, count: USERS },
  ]);
  expect(await rows(`select from seat where state <> 'available'`)).toEqual([]);
});

const ENDED = `select count(*) from app_order where ended_at is not null`;
const ENQUEUED = `select from cancellation where pass > 1 or cursor_id > 0`;
