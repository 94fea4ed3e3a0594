/**
 * Prepares a sale as an operator: creates a concert and a performance with seats, blocks two seats, and reads the
 * admission settings.
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

const behindPillar = (await operator.seats(schedule.id)).slice(0, 2).map(({ id }) => id);
const { blockedReason } = await operator.blockSeats(behindPillar, 'Behind a pillar');
const free = await operator.seats(schedule.id, { state: 'available' });
console.log(
  `${behindPillar.length} seats are blocked (${blockedReason}); ${free.length} are available`,
);

// `setAdmission({ admitLimit: 100 })` would change the rate for all users until it is set again.
const { admitLimit, admitWindowSeconds, waiting } = await operator.admission();
console.log(
  `Up to ${admitLimit} users are admitted every ${admitWindowSeconds} s; users waiting: ${waiting}`,
);
