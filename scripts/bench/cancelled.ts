/**
 * `npm run bench:cancelled`: cancels a performance while a process is killed every few seconds, and waits until each of its orders has
 * ended. Then each must be refunded exactly once, and the balances must be as before. Ends with an audit.
 *
 *   node scripts/bench/cancelled.ts [--orders 10000] [--kill 5]      seconds between two kills
 */
import { readCommandLine } from '../../src/config/command-line.ts';
import { freePort } from '../services/free-port.ts';
import { auditOf } from './audit.ts';
import { newHall, openDatabase, PRICE } from './compare/database.ts';
import { LoadClient } from './http-client.ts';
import { startKilled } from './money/kills.ts';
import { requestsTo } from './money/requests.ts';
import { startBenchSystem } from './system.ts';

const { values } = readCommandLine(import.meta.filename, {
  options: { orders: { type: 'string', default: '10000' }, kill: { type: 'string', default: '5' } },
});
const orderCount = Number(values.orders);
const USERS = 500;
const CONNECTIONS = 100;
const ENDED_MS_MAX = 900_000;

const system = await startBenchSystem();
const port = await freePort();
const settings = { PORT: String(port) };
const database = await openDatabase(system, 'seatlane');
const { query } = database;
const client = new LoadClient(port, CONNECTIONS);
const requests = requestsTo(`http://127.0.0.1:${port}`);

type Headers = Record<string, string>;

const post = async (path: string, headers: Headers, body?: object) => {
  const all = { ...headers, Prefer: 'wait=30' };
  const { status, text } = await client.send({
    method: 'POST',
    path,
    headers: all,
    ...(body && { body }),
  });
  if (status !== 200) throw new Error(`${path} was answered ${status}: ${text}`);
  return JSON.parse(text);
};
const tokenOf = async (subject: string, role?: string): Promise<Headers> => {
  const { accessToken } = await post('/auth/token', {}, { subject, ...(role && { role }) });
  return { Authorization: `Bearer ${accessToken}` };
};

/** A user with paid orders of one seat each. */
async function buy(number: number, scheduleId: number, seatIds: readonly number[]): Promise<void> {
  const token = await tokenOf(`buyer ${number}`);
  await post('/users/queue', token);
  let queueToken: string | undefined;
  while (!queueToken) {
    const { text } = await client.send({ method: 'GET', path: '/users/queue', headers: token });
    ({ queueToken } = JSON.parse(text));
  }
  const user = { ...token, 'Queue-Token': queueToken };
  await post('/points/charge', user, { amount: PRICE * seatIds.length });
  const orders = await Promise.all(
    seatIds.map((seatId) => post('/orders', user, { scheduleId, seatIds: [seatId] })),
  );
  for (const { result } of orders) await post(`/orders/${result.id}/pay`, user);
}

try {
  const processes = await startKilled(system, settings);
  await query(`insert into concert (title, created_at) values ('Cancelled', now())`);
  const { scheduleId, seatIds } = await newHall(database, orderCount);
  const each = Math.ceil(orderCount / USERS);
  const shares = Array.from({ length: USERS }, (_, number) =>
    seatIds.slice(number * each, (number + 1) * each),
  );
  await Promise.all(shares.map((share, number) => buy(number, scheduleId, share)));
  const [before] = await query<{ paid: number }>(
    `select count(*)::int as paid from app_order where state = 'paid'`,
  );
  console.log(`${before?.paid} paid orders.`);

  const operator = await tokenOf('operator', 'admin');
  const began = performance.now();
  processes.begin(Number(values.kill) * 1000);
  const path = `/concerts/schedules/${scheduleId}`;
  const reason = 'The hall is flooded';
  const cancelled = await requests.command('POST', `${path}/cancel`, operator, { reason });
  if (cancelled.status !== 200) throw new Error(`Not cancelled: ${JSON.stringify(cancelled.body)}`);
  for (;;) {
    const { body } = await requests.get(`${path}/cancellation`, operator);
    if (body.pending + body.holds === 0) break;
    if (performance.now() - began > ENDED_MS_MAX) throw new Error('Some orders do not end.');
  }
  const seconds = (performance.now() - began) / 1000;
  await processes.end();
  const [row] = await query<Record<string, number>>(`
    select (select count(*) from app_order where state = 'refunded')::int as "refunded orders",
      (select count(*) from payment where kind = 'refund')::int as refunds,
      (select count(distinct order_id) from payment where kind = 'refund')::int as "orders with a refund",
      (select count(*) from points where balance <> (select sum(amount) from point_history
        where point_history.user_id = points.user_id and kind = 'charge'))::int as "wrong balances",
      (select count(*) from seat where state <> 'available')::int as "seats still taken"`);
  console.log(`All ended after ${seconds.toFixed(1)} s.\n\n| | |\n| --- | --- |`);
  const counts = {
    'kills of the API': processes.counts.api,
    'kills of workers': processes.counts.worker,
  };
  for (const [what, value] of Object.entries({ ...counts, ...row })) {
    console.log(`| ${what} | ${value} |`);
  }
  console.log(`\nAudit: ${auditOf(system.environment)}`);
} finally {
  client.close();
  await database.close();
  await system.stop();
}
