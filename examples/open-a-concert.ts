/**
 * What an operator does before a sale: a concert, a performance with its seats, two seats kept back, and a look at how
 * many people are let in.
 *
 *   npx node examples/open-a-concert.ts [URL]
 */
import { SeatlaneOperator, signIn } from '../src/client/index.ts';
import { findApi } from './support/find-api.ts';

const HOUR_MS = 3_600_000;
const inHours = (hours: number) => new Date(Date.now() + hours * HOUR_MS).toISOString();

const baseUrl = findApi(process.argv[2]);
const token = () => signIn(baseUrl, { subject: 'operator', role: 'admin' });
const operator = new SeatlaneOperator({ baseUrl, token });

const concert = await operator.createConcert({ title: 'The Spring Recital' });
const schedule = await operator.createSchedule(concert.id, {
  bookingStartAt: inHours(0),
  bookingEndAt: inHours(24),
  startAt: inHours(72),
  endAt: inHours(74),
  seats: ['A', 'B'].map((row) => ({ section: 'Hall', row, from: 1, to: 12, price: 9_000 })),
});
console.log(`Concert ${concert.id}, schedule ${schedule.id}: ${schedule.seatCount} seats`);

// To look at seats, operators stand in the queue as everybody does.
await operator.enterQueue();
await operator.untilAdmitted();
const pillar = (await operator.seats(schedule.id)).slice(0, 2).map(({ id }) => id);
const { blockedReason } = await operator.blockSeats(pillar, 'Behind a pillar');
const free = await operator.seats(schedule.id, { state: 'available' });
console.log(`${pillar.length} seats are kept back (${blockedReason}), ${free.length} are free`);

// `setAdmission({ admitLimit: 100 })` would change this for all users, until it is changed back.
const { admitLimit, admitWindowSeconds, waiting } = await operator.admission();
console.log(`${admitLimit} people are let in each ${admitWindowSeconds} s; ${waiting} wait`);
