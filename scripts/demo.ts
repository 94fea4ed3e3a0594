/**
 * `npm run demo`: buys a seat on the running API, and prints each request and response: enters the queue, waits for
 * admission, chooses a seat, orders it, charges points, pays.
 *
 *   node scripts/demo.ts [--url http://localhost:3000]
 */

import { randomUUID } from 'node:crypto';
import { type Fetch, type NewOrder, Seatlane, signIn, Unreachable } from '../src/client/index.ts';
import { readCommandLine } from '../src/config/command-line.ts';
import { endOnInterrupt } from './lib/interrupt.ts';

const { values } = readCommandLine(import.meta.filename, { options: { url: { type: 'string' } } });
const baseUrl = values.url ?? process.env.API_URL ?? `http://localhost:${process.env.PORT || 3000}`;
const SHOWN_MAX = 300;
/** The request headers to print; tokens are too long. */
const HEADERS_SHOWN = ['prefer', 'idempotency-key'];
const RETRIES = 2;

const printingFetch: Fetch = async (url, init) => {
  const { method, headers, body } = init;
  console.log(`\n→ ${method} ${url.slice(baseUrl.length)}${body ? ` ${body}` : ''}`);
  for (const name of HEADERS_SHOWN) {
    const value = new Headers(headers).get(name);
    if (value !== null) console.log(`  ${name}: ${value}`);
  }
  const response = await fetch(url, init);
  const text = await response.clone().text();
  const shown = text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)} …` : text;
  console.log(`← ${response.status} ${shown}`);
  return response;
};

async function buySeat(): Promise<void> {
  const subject = `ada-${randomUUID().slice(0, 8)}`;
  const options = { fetch: printingFetch, retries: RETRIES };
  const token = () => signIn(baseUrl, { subject, name: 'Ada' }, options);
  const seatlane = new Seatlane({ baseUrl, token, ...options });

  console.log('\n# Enter the queue, and wait for admission.');
  await seatlane.enterQueue();
  await seatlane.untilAdmitted();

  console.log('\n# Find a concert, a performance on sale, and a free seat.');
  const places = await findFreeSeat(seatlane);

  console.log('\n# Order the seat, charge points, pay.');
  const order = await seatlane.order(places);
  await seatlane.charge(Math.max(1, order.total));
  await seatlane.pay(order);
  await seatlane.orders();
  await seatlane.pointHistory();
  console.log(`\nOrder ${order.id} is paid with ${order.total} points. The demo is complete.`);
  console.log('Next: `npm run audit` proves that nothing was sold or charged twice.');
}

/** A random free seat of the first performance that has any, so that several demos rarely choose the same seat. */
async function findFreeSeat(seatlane: Seatlane): Promise<NewOrder> {
  for await (const concert of seatlane.eachConcert()) {
    for await (const schedule of seatlane.eachBookableSchedule(concert.id)) {
      const free = await seatlane.seats(schedule.id, { state: 'available' });
      const seat = free[Math.floor(Math.random() * free.length)];
      if (seat) return { scheduleId: schedule.id, seatIds: [seat.id] };
    }
  }
  throw new Error('There is no free seat. `npm run seed` adds a concert to an empty database.');
}

endOnInterrupt('Accepted commands take effect. `npm run demo` starts again with another user.');
try {
  await buySeat();
} catch (error) {
  const isDown = error instanceof Unreachable;
  const advice = isDown ? ' Is it running? Start it with `npm start`.' : '';
  console.error(`${(error as Error).message}${advice}`);
  process.exit(1);
}
