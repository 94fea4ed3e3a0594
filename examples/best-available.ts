/**
 * The best seats side by side for a group: fewer where there are not that many, and an end to all patience. Retries
 * are told of; one key a wish makes them safe.
 *
 *   npx node examples/best-available.ts [URL [6]]
 */
import { randomUUID } from 'node:crypto';
import { type Booking, Refusal, Seatlane, signIn } from '../src/client/index.ts';
import { findApi } from './support/find-api.ts';

const PATIENCE_MS = 20_000;
const [url, wish = '6'] = process.argv.slice(2);
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
const signal = AbortSignal.timeout(PATIENCE_MS);

try {
  await seatlane.enterQueue({ signal });
  await seatlane.untilAdmitted({ signal });
  const bookings = await holdTogether(await firstSchedule(), Number(wish));
  const names = bookings.map(({ row, seatNumber }) => `${row}${seatNumber}`).join(' ');
  console.log(`${bookings.length} side by side: ${names}`);
  await Promise.all(bookings.map(({ id }) => seatlane.cancel(id, { signal })));
  console.log('Given back');
} catch (error) {
  if (signal.aborted) console.log(`Not within ${PATIENCE_MS / 1000} s`);
  else throw error;
  process.exitCode = 1;
}

async function holdTogether(scheduleId: number, quantity: number): Promise<Booking[]> {
  try {
    const idempotencyKey = randomUUID();
    return await seatlane.bookBest({ scheduleId, quantity }, { signal, idempotencyKey });
  } catch (error) {
    const isTooMany = error instanceof Refusal && error.is('NO_ADJACENT_SEATS');
    if (!isTooMany || quantity === 1) throw error;
    console.log(`There are no ${quantity} seats side by side`);
    return holdTogether(scheduleId, quantity - 1);
  }
}

async function firstSchedule(): Promise<number> {
  for await (const concert of seatlane.eachConcert({ signal })) {
    for await (const { id } of seatlane.eachBookableSchedule(concert.id, { signal })) return id;
  }
  throw new Error('Nothing is on sale.');
}
