/**
 * Has many users order the same seat at the same time. One succeeds; all others receive a refusal.
 *
 *   npx node examples/rush.ts [URL [50]]
 */
import { randomUUID } from 'node:crypto';
import { type NewOrder, ProblemError, Seatlane, signIn } from '../src/client/index.ts';
import { findApi } from './support/find-api.ts';

const [url, count = '50'] = process.argv.slice(2);
const baseUrl = findApi(url);
const rush = randomUUID().slice(0, 8);

const users = Array.from({ length: Number(count) }, (_, index) => {
  const token = () => signIn(baseUrl, { subject: `rush-${rush}-${index}` });
  return new Seatlane({ baseUrl, token });
});
await Promise.all(users.map((user) => user.enterQueue()));
await Promise.all(users.map((user) => user.untilAdmitted()));
console.log(`${users.length} users are admitted`);

const seat = await lastFreeSeat();
const outcomes = await Promise.allSettled(users.map((user) => user.order(seat)));

const codes = outcomes.map((outcome) => {
  if (outcome.status === 'fulfilled') return 'HELD';
  if (outcome.reason instanceof ProblemError) return outcome.reason.code;
  throw outcome.reason;
});
for (const [code, those] of Map.groupBy(codes, (code) => code)) {
  console.log(`${code}: ${those.length}`);
}

/** The last available seat of the first performance on sale that has any. */
async function lastFreeSeat(): Promise<NewOrder> {
  const [user] = users as [Seatlane];
  for await (const concert of user.eachConcert()) {
    for await (const schedule of user.eachBookableSchedule(concert.id)) {
      const seat = (await user.seats(schedule.id, { state: 'available' })).at(-1);
      if (seat) return { scheduleId: schedule.id, seatIds: [seat.id] };
    }
  }
  throw new Error('Nothing is on sale.');
}
