/**
 * Orders adjacent seats for a group, and fewer if there are not enough. It shows an overall timeout, reports retries,
 * and sends each request with an idempotency key of its own, so that a retry never orders twice.
 *
 *   npx node examples/best-available.ts [URL [6]]
 */
import { randomUUID } from 'node:crypto';
import { type Order, Refusal, Seatlane, signIn } from '../src/client/index.ts';
import { findApi } from './support/find-api.ts';

const TIMEOUT_MS = 20_000;
const [url, groupSize = '6'] = process.argv.slice(2);
const baseUrl = findApi(url);
const subject = `group-${randomUUID().slice(0, 8)}`;
const seatlane = new Seatlane({
  baseUrl,
  token: () => signIn(baseUrl, { subject }),
  retries: 10,
  onRetry: ({ method, path, number, delayMs, error }) =>
    console.log(
      `${method} ${path}: retry ${number} in ${Math.round(delayMs)} ms (${error.message})`,
    ),
});
const signal = AbortSignal.timeout(TIMEOUT_MS);

try {
  await seatlane.enterQueue({ signal });
  await seatlane.untilAdmitted({ signal });
  const order = await holdTogether(await firstSchedule(), Number(groupSize));
  const names = order.bookings.map(({ row, seatNumber }) => `${row}${seatNumber}`).join(' ');
  console.log(`Holding ${order.bookings.length} adjacent seats: ${names}`);
  await seatlane.cancel(order, { signal });
  console.log('The order is cancelled');
} catch (error) {
  if (signal.aborted) console.log(`Gave up after ${TIMEOUT_MS / 1000} s`);
  else throw error;
  process.exitCode = 1;
}

async function holdTogether(scheduleId: number, quantity: number): Promise<Order> {
  try {
    const idempotencyKey = randomUUID();
    const places = { scheduleId, bestAvailable: { quantity } };
    return await seatlane.order(places, { signal, idempotencyKey });
  } catch (error) {
    const isTooMany = error instanceof Refusal && error.is('NO_ADJACENT_SEATS');
    if (!isTooMany || quantity === 1) throw error;
    console.log(`There are no ${quantity} adjacent seats`);
    return holdTogether(scheduleId, quantity - 1);
  }
}

async function firstSchedule(): Promise<number> {
  for await (const concert of seatlane.eachConcert({ signal })) {
    for await (const { id } of seatlane.eachBookableSchedule(concert.id, { signal })) return id;
  }
  throw new Error('Nothing is on sale.');
}
