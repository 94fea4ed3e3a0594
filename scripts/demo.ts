/**
 * `npm run demo`: walks one user's way against the running API and prints each request and answer:
 * enter the queue, be admitted, choose a seat, hold it, charge points, pay.
 *
 *   node scripts/demo.ts [--url http://localhost:3000]
 */
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { url: { type: 'string' } } });
const base = values.url ?? process.env.API_URL ?? `http://localhost:${process.env.PORT || 3000}`;
const SHOWN_MAX = 300;
const LOOK_AGAIN_MS = 500;

interface Job<Result> {
  state: string;
  result: Result;
}

interface Request {
  body?: object;
  headers?: Record<string, string>;
}

let accessToken = '';
let queueToken = '';

async function call<Answer>(method: string, path: string, request: Request = {}): Promise<Answer> {
  const { body, headers = {} } = request;
  console.log(`\n→ ${method} ${path}${body ? ` ${JSON.stringify(body)}` : ''}`);
  for (const [name, value] of Object.entries(headers)) console.log(`  ${name}: ${value}`);
  const response = await fetch(base + path, {
    method,
    headers: {
      ...(accessToken && { Authorization: `Bearer ${accessToken}` }),
      ...(queueToken && { 'Queue-Token': queueToken }),
      ...(body && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  console.log(
    `← ${response.status} ${text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)} …` : text}`,
  );
  if (!response.ok) throw new Error(`${method} ${path} was refused.`);
  return JSON.parse(text) as Answer;
}

/** A command whose outcome is waited for; the key makes a retry after a lost answer harmless. */
async function command<Result>(path: string, body?: object): Promise<Result> {
  const headers = { Prefer: 'wait=10', 'Idempotency-Key': randomUUID() };
  const job = await call<Job<Result>>('POST', path, { headers, ...(body && { body }) });
  return job.result;
}

async function waitForAdmission(): Promise<string> {
  for (;;) {
    const entry = await call<{ queueToken: string | null }>('GET', '/users/queue');
    if (entry.queueToken) return entry.queueToken;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

async function walk(): Promise<void> {
  const subject = `ada-${randomUUID().slice(0, 8)}`;
  const issued = await call<{ accessToken: string }>('POST', '/auth/token', {
    body: { subject, name: 'Ada' },
  });
  accessToken = issued.accessToken;

  console.log('\n# Take a place in the queue and wait to be admitted.');
  await command('/users/queue');
  queueToken = await waitForAdmission();

  console.log('\n# Look for a concert, a performance on sale, and a free seat.');
  const concerts = await call<{ items: { id: number }[] }>('GET', '/concerts');
  const seat = await findFreeSeat(concerts.items.map((concert) => concert.id));

  console.log('\n# Hold the seat, charge points, pay.');
  const booking = await command<{ id: number; price: number }>(`/concerts/seats/${seat}/book`);
  await command('/points/charge', { amount: Math.max(1, booking.price) });
  const payment = await command<{ price: number }>(`/concerts/bookings/${booking.id}/pay`);
  await call('GET', '/concerts/bookings');
  await call('GET', '/points/history');
  console.log(`\nSeat ${seat} is paid with ${payment.price} points. That was the whole way.`);
}

async function findFreeSeat(concertIds: readonly number[]): Promise<number> {
  for (const concertId of concertIds) {
    const path = `/concerts/${concertId}/schedules/bookable`;
    const { items } = await call<{ items: { id: number }[] }>('GET', path);
    for (const { id } of items) {
      const seats = `/concerts/schedules/${id}/seats?state=available`;
      const free = await call<{ items: { id: number }[] }>('GET', seats);
      const seat = free.items[Math.floor(Math.random() * free.items.length)];
      if (seat) return seat.id;
    }
  }
  throw new Error('There is no free seat. `npm run seed` puts a concert into an empty database.');
}

try {
  await walk();
} catch (error) {
  const isDown = error instanceof TypeError;
  console.error(
    isDown ? `Nothing answers at ${base}: start it with \`npm start\`.` : (error as Error).message,
  );
  process.exit(1);
}
