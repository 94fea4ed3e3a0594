/**
 * `npm run demo`: buys two seats and one standing place on the running API, and prints each request and response: enters the queue, waits for
 * admission, chooses places, orders them together, charges points, pays.
 *
 *   node scripts/demo.ts [--url http://localhost:3000]
 */

import { randomUUID } from 'node:crypto';
import { type Fetch, type NewOrder, Seatlane, signIn, Unreachable } from '../src/client/index.ts';
import { HOUSE_QUEUE } from '../src/commands/command.ts';
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

async function buyPlaces(): Promise<void> {
  const subject = `ada-${randomUUID().slice(0, 8)}`;
  const options = { fetch: printingFetch, retries: RETRIES };
  const token = () => signIn(baseUrl, { subject, name: 'Ada' }, options);
  const seatlane = new Seatlane({ baseUrl, token, ...options });

  console.log('\n# Enter the queue, and wait for admission.');
  await seatlane.enterQueue();
  await seatlane.untilAdmitted();

  console.log('\n# Find a concert, a performance on sale, and free places.');
  const places = await findFreePlaces(seatlane);

  console.log('\n# Order them together, charge points, pay.');
  const order = await seatlane.order(places);
  await seatlane.charge(Math.max(1, order.total));
  await seatlane.pay(order);
  await seatlane.orders();
  await seatlane.pointHistory();
  console.log(`\nOrder ${order.id} is paid with ${order.total} points. The demo is complete.`);
  console.log('Next: `npm run audit` proves that nothing was sold or charged twice.');
}

/**
 * Two free seats and one place of an area, of the first performance that has any. A random one starts the pair, so that
 * several demos rarely choose the same seats.
 */
async function findFreePlaces(seatlane: Seatlane): Promise<NewOrder> {
  for await (const concert of seatlane.eachConcert()) {
    // The user of the demo waits in the house queue, which admits to no concert with a queue of its own.
    if (concert.queueId !== HOUSE_QUEUE || concert.state === 'closed') continue;
    for await (const schedule of seatlane.eachBookableSchedule(concert.id)) {
      const free = await seatlane.seats(schedule.id, { state: 'available' });
      const first = Math.floor(Math.random() * Math.max(1, free.length - 1));
      const seatIds = free.slice(first, first + 2).map(({ id }) => id);
      const area = (await seatlane.areas(schedule.id)).find(({ available }) => available > 0);
      const places = {
        ...(seatIds.length > 0 && { seatIds }),
        ...(area && { areas: [{ areaId: area.id, quantity: 1 }] }),
      };
      if (seatIds.length > 0 || area) return { scheduleId: schedule.id, ...places };
    }
  }
  throw new Error('There is no free place. `npm run seed` adds a concert to an empty database.');
}

endOnInterrupt('Accepted commands take effect. `npm run demo` starts again with another user.');
try {
  await buyPlaces();
} catch (error) {
  const isDown = error instanceof Unreachable;
  const advice = isDown ? ' Is it running? Start it with `npm start`.' : '';
  console.error(`${(error as Error).message}${advice}`);
  process.exit(1);
}
