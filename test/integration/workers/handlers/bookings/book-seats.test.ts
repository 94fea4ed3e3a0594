/** Holding several seats, through `runBatch`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Outcome } from '../../../../../src/commands/command.ts';
import { advisoryLocksOf } from '../../../../../workers/batch/advisory-locks.ts';
import { LOCK_TIMEOUT_MS } from '../../../../../workers/batch/apply-with-retries.ts';
import { runBatch } from '../../../../../workers/batch/run-batch.ts';
import type { Needs } from '../../../../../workers/handlers/needs.ts';
import {
  expectNothingBehind,
  expectOneEffect,
  expectRefusal,
} from '../../../../support/handler-promises.ts';
import { type Buyer, openTestLane, type TestLane } from '../../../../support/services/test-lane.ts';

let lane: TestLane;
let seatIds: number[];
let scheduleId: number;
let ada: Buyer;
beforeAll(async () => {
  lane = await openTestLane({ seatsPerUserMax: 30 });
  const schedule = await lane.schedule();
  seatIds = schedule.seatIds;
  scheduleId = schedule.id;
  ada = await lane.buyer('ada');
});
afterAll(() => lane.stop());

const some = (count: number) => seatIds.splice(0, count);
const book = (buyer: Buyer, ids: number[]) =>
  lane.command('book-seats', { ...buyer, input: { seatIds: ids } });
const best = (buyer: Buyer, quantity: number) =>
  lane.command('book-seats', { ...buyer, input: { scheduleId, bestAvailable: { quantity } } });

const seatsIn = (outcome: Outcome) =>
  (outcome as { result: { bookings: { seatId: number }[] } }).result.bookings.map(
    ({ seatId }) => seatId,
  );

test('succeeds: all seats are held for the user', async () => {
  const ids = some(3);
  const { bookings } = await lane.result<{ bookings: { seatId: number }[] }>(book(ada, ids));
  expect(bookings.map(({ seatId }) => seatId)).toEqual(ids);
});

test('commands of one batch that request the best seats get different ones', async () => {
  const finished = await lane.run(best(ada, 2), best(ada, 2), best(ada, 1));
  const given = finished.flatMap(({ outcome }) => seatsIn(outcome));
  expect(new Set(given).size).toBe(5);
  seatIds = seatIds.filter((id) => !given.includes(id));
});

test('a batch waits for its turn to choose the best seats, and is not split meanwhile', async () => {
  const commands = await Promise.all(
    ['eve', 'fay', 'gil'].map(async (subject) => best(await lane.buyer(subject), 1)),
  );
  const wish: Needs = {
    places: { scheduleId, best: { quantity: 1, priceMin: 0, priceMax: 1, prefer: 'best' } },
  };
  const taken = commands[0] as (typeof commands)[0];
  const { advisoryLockKeys } = advisoryLocksOf([{ taken, needs: wish }]);
  const free = await lane.lock(`select pg_advisory_xact_lock(${advisoryLockKeys[0]})`);
  const running = runBatch(lane.deps, lane.lane, commands);
  // Longer than a batch waits for a row.
  await sleep(2 * LOCK_TIMEOUT_MS);
  await free();
  const { finished, blocked } = await running;
  expect(blocked).toEqual([]);
  expect(finished.map(({ outcome }) => outcome.state)).toEqual(Array(3).fill('succeeded'));
  const seats = finished.flatMap(({ outcome }) => seatsIn(outcome));
  expect(new Set(seats).size).toBe(3);
  seatIds = seatIds.filter((id) => !seats.includes(id));
});

test('commands that choose the best seats stay together when their batch is split into keys', async () => {
  const [held] = some(1) as [number];
  const chosen = await Promise.all(
    ['hal', 'ida'].map(async (subject) => best(await lane.buyer(subject), 1)),
  );
  const named = book(await lane.buyer('jim'), [held]);
  const free = await lane.lock(`select from seat where id = ${held} for update`);
  const { finished, blocked } = await runBatch(lane.deps, lane.lane, [...chosen, named]);
  await free();
  expect(blocked.map(({ jobId }) => jobId)).toEqual([named.jobId]);
  const times = finished.map(({ finishedAt }) => finishedAt);
  expect(times[0]).toBe(times[1]);
  const seats = finished.flatMap(({ outcome }) => seatsIn(outcome));
  seatIds = seatIds.filter((id) => !seats.includes(id));
});

test('refuses a command without an active queue entry', async () => {
  const nobody = { subject: 'nobody', entryId: 999_999 };
  await expectRefusal(lane, book(nobody, some(2)), { code: 'QUEUE_TOKEN_INVALID' });
});

test('refuses when one seat is missing, sold or held', async () => {
  const [free, held, sold] = some(3) as [number, number, number];
  await lane.hold(ada, held);
  const booking = await lane.hold(ada, sold);
  const payer = await lane.buyer('ada');
  await lane.points('ada', 100);
  await lane.result(lane.command('pay-booking', { ...payer, input: { bookingId: booking.id } }));
  ada = await lane.buyer('ada');
  await expectRefusal(lane, book(ada, [free, 999_999]), {
    code: 'SEAT_NOT_FOUND',
    seatId: 999_999,
  });
  await expectRefusal(lane, book(ada, [free, sold]), { code: 'SEAT_ALREADY_SOLD', seatId: sold });
  await expectRefusal(lane, book(ada, [free, held]), { code: 'SEAT_ALREADY_HELD', seatId: held });
});

test('refuses when there are not enough adjacent seats, or the user has reached the limit', async () => {
  const unknown = { scheduleId: 999_999, bestAvailable: { quantity: 2 } };
  const nowhere = lane.command('book-seats', { ...ada, input: unknown });
  await expectRefusal(lane, nowhere, { code: 'SCHEDULE_NOT_FOUND' });
  const tooCheap = { scheduleId, bestAvailable: { quantity: 2, maxPrice: 99 } };
  const none = lane.command('book-seats', { ...ada, input: tooCheap });
  await expectRefusal(lane, none, { code: 'NO_ADJACENT_SEATS' });
  const strict = await openTestLane({ seatsPerUserMax: 2 });
  const { seatIds: three } = await strict.schedule();
  const bea = await strict.buyer('bea');
  const input = { seatIds: three.slice(0, 3) };
  const tooMany = strict.command('book-seats', { ...bea, input });
  await expectRefusal(strict, tooMany, { code: 'SEAT_LIMIT_REACHED' });
  await strict.stop();
});

test('refuses outside the booking window', async () => {
  const ids = some(2);
  const move = (shift: string) =>
    lane.rows(`update schedule set booking_start_at = booking_start_at ${shift},
      booking_end_at = booking_end_at ${shift}, start_at = start_at ${shift}, end_at = end_at ${shift}`);
  await move(`+ interval '10 days'`);
  await expectRefusal(lane, book(ada, ids), { code: 'BOOKING_NOT_STARTED' });
  await move(`- interval '20 days'`);
  await expectRefusal(lane, book(ada, ids), { code: 'BOOKING_CLOSED' });
  await move(`+ interval '10 days'`);
});

test('runs twice with one effect', () => expectOneEffect(lane, book(ada, some(2))));

test('leaves nothing behind when a statement fails midway', () =>
  expectNothingBehind(lane, book(ada, some(2)), 'insert on booking'));
