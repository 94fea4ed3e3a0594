/** Adjacent seats, chosen by several commands of one batch and by concurrent batches. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BookSeats } from '../../../src/commands/bookings/book-seats.ts';
import type { Outcome } from '../../../src/commands/command.ts';
import type { Booking } from '../../../src/commands/schemas/resources.ts';
import { pipelined, type Send } from '../../../src/db/connection/pipeline.ts';
import type { TakenCommand } from '../../../workers/batch/batch.ts';
import { runTogether } from '../../../workers/batch/run-batch.ts';
import { handlers } from '../../../workers/handlers/index.ts';
import { findAdjacentSeats } from '../../../workers/rows/best-seats/find-adjacent-seats.ts';
import { ScheduleRanges } from '../../../workers/rows/best-seats/schedule-ranges.ts';
import type { Needing } from '../../../workers/rows/needing.ts';
import { expireHolds } from '../../../workers/timers/expire-holds.ts';
import {
  type Buyer,
  inLane,
  openTestLane,
  runToTheEnd,
  type TestLane,
  takeLane,
} from '../../support/services/test-lane.ts';

let lane: TestLane;
let buyers: Buyer[];
beforeAll(async () => {
  lane = await openTestLane({ seatsPerUserMax: 10 });
  buyers = [];
  for (const name of ['ada', 'bea', 'cleo', 'dora', 'edda', 'fay', 'gil', 'hal'])
    buyers.push(await lane.buyer(name));
});
afterAll(() => lane.stop());

const buyer = (index: number) => buyers[index % buyers.length] as Buyer;

/** A hall of one section with rows of so many seats. */
async function hall(...rows: number[]) {
  const { id, seatIds } = await lane.schedule({
    seats: rows.map((to, row) => ({ section: 'A', row: `${row}`, from: 1, to, price: 100 })),
  });
  return { id, seatIds, seat: (number: number) => seatIds[number - 1] as number };
}

const best = (who: Buyer, scheduleId: number, quantity: number, more = {}) =>
  lane.command('book-seats', {
    ...who,
    input: { scheduleId, bestAvailable: { quantity, ...more } },
  });
const book = (who: Buyer, seatId: number) =>
  lane.command('book-seat', { ...who, input: { seatId } });

/** The numbers of the seats that a command got, or why it got none. */
function numbersOf(outcome: Outcome | undefined): number[] | string | undefined {
  if (outcome?.state !== 'succeeded') return outcome?.problem.code;
  const { bookings = [] } = outcome.result as { bookings?: Booking[] };
  return bookings.map(({ seatNumber }) => seatNumber as number);
}

async function run(...commands: TakenCommand[]) {
  return (await lane.run(...commands)).map(({ outcome }) => numbersOf(outcome));
}

describe('in one batch', () => {
  test('equal wishes get different seats, the best ones first', async () => {
    const { id } = await hall(10);
    const wishes = [0, 1, 2, 3].map((index) => best(buyer(index), id, 2));
    expect(await run(...wishes)).toEqual([
      [5, 6],
      [3, 4],
      [7, 8],
      [1, 2],
    ]);
  });

  test('different wishes get different seats too', async () => {
    const { id } = await hall(4);
    const [ada, bea, cleo] = buyers as [Buyer, Buyer, Buyer];
    const wishes = [best(ada, id, 2), best(bea, id, 1, { maxPrice: 100 }), best(cleo, id, 1)];
    expect((await run(...wishes)).flat().toSorted()).toEqual([1, 2, 3, 4]);
  });

  test('commands are refused once no seats are left, but not earlier', async () => {
    const { id } = await hall(6);
    const wishes = [0, 1, 2, 3, 4].map((index) => best(buyer(index), id, 2));
    const given = await run(...wishes);
    expect(given.slice(3)).toEqual(['NO_ADJACENT_SEATS', 'NO_ADJACENT_SEATS']);
    expect((given.slice(0, 3).flat() as number[]).toSorted()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('the first command gets the best seats, whether it names them or not', async () => {
    const [one, other] = [await hall(10), await hall(10)];
    const [ada, bea] = buyers as [Buyer, Buyer];
    expect(await run(best(ada, one.id, 2), book(bea, one.seat(5)))).toEqual([
      [5, 6],
      'SEAT_ALREADY_HELD',
    ]);
    expect((await run(book(bea, other.seat(5)), best(ada, other.id, 2)))[1]).toEqual([3, 4]);
  });

  test('the first command gets the last seats, whether it names them or not', async () => {
    const [one, other] = [await hall(2), await hall(2)];
    const [ada, bea] = buyers as [Buyer, Buyer];
    expect((await run(book(ada, one.seat(1)), best(bea, one.id, 2)))[1]).toBe('NO_ADJACENT_SEATS');
    expect((await run(best(bea, other.id, 2), book(ada, other.seat(1))))[0]).toEqual([1, 2]);
  });

  test('a refused command leaves the best seats to the next one', async () => {
    const { id } = await hall(10);
    const nobody = { subject: 'nobody', entryId: 999_999 };
    const [ada] = buyers as [Buyer];
    expect(await run(best(nobody, id, 2), best(ada, id, 2))).toEqual([
      'QUEUE_TOKEN_INVALID',
      [5, 6],
    ]);
  });

  test('seats released by an earlier command are available', async () => {
    const { id, seat } = await hall(3);
    const [ada, bea] = buyers as [Buyer, Buyer];
    const { id: bookingId } = await lane.hold(ada, seat(2));
    const cancel = lane.command('cancel-booking', { subject: ada.subject, input: { bookingId } });
    expect((await run(cancel, best(bea, id, 3)))[1]).toEqual([1, 2, 3]);
  });

  test('seats whose hold has run out count as free once the timer has ended it', async () => {
    const { id, seat } = await hall(2);
    const [ada, bea] = buyers as [Buyer, Buyer];
    for (const number of [1, 2]) await lane.expireHold(await lane.hold(ada, seat(number)));
    expect(await run(best(bea, id, 2))).toEqual(['NO_ADJACENT_SEATS']);
    await expireHolds(lane.orm);
    expect(await run(best(bea, id, 2))).toEqual([[1, 2]]);
  });

  test('a schedule is read once, however many commands request seats of it, and its ranges only the first time', async () => {
    const halls = [await hall(40), await hall(40)];
    const wanting: Needing[] = Array.from({ length: 32 }, (_, index) => {
      const { jobId, accepted, name } = best(buyer(index), halls[index % 2]?.id as number, 2);
      const command = { ...accepted, jobId, name, userId: 1, acceptedAt: new Date() };
      return { command, needs: handlers['book-seats'].needs(accepted.input as BookSeats) };
    });
    const known = new ScheduleRanges();
    for (const expected of [3, 2]) {
      let statements = 0;
      const { choices } = await pipelined(lane.orm, (send) => {
        const counting: Send = (statement) => {
          statements += 1;
          return send(statement);
        };
        return findAdjacentSeats(counting, wanting, known);
      });
      expect(statements).toBe(expected);
      const planned = [...choices.values()].flatMap(([first]) => first ?? []);
      expect(new Set(planned).size).toBe(64);
    }
  });
});

describe('with concurrent batches', () => {
  test('other seats are chosen if a concurrent batch takes the best ones', async () => {
    const { id, seatIds } = await hall(100);
    const other = await takeLane(lane.orm, 'seat-0');
    const middle = seatIds.slice(39, 61);
    // The other batch books the middle of the row; it is held up at its last seat, and has locked the others.
    const free = await lane.lock(`select 1 from seat where id = ${middle.at(-1)} for update`);
    const taking = middle.map((seatId, index) =>
      inLane(book(buyer(1 + (index % 7)), seatId), other),
    );
    const booking = runToTheEnd(lane.deps, other, taking);
    await lane.waitForLockWaiters(1);
    const wish = lane.outcome(best(buyer(0), id, 2));
    await lane.waitForLockWaiters(2);
    await free();
    await booking;
    expect(numbersOf(await wish)).toEqual([38, 39]);
  });

  test('a seat taken by a concurrent batch does not cause a retry', async () => {
    const { id, seat } = await hall(100);
    const other = await takeLane(lane.orm, 'seat-0');
    const free = await lane.lock(`select 1 from seat where id = ${seat(50)} for update`);
    const taking = [49, 50].map((number) => inLane(book(buyer(1), seat(number)), other));
    const booking = runToTheEnd(lane.deps, other, taking);
    await lane.waitForLockWaiters(1);
    const laneBatch = { lane: lane.lane, commands: [best(buyer(0), id, 2)] };
    const wish = runTogether(lane.deps, [laneBatch]);
    await lane.waitForLockWaiters(2);
    await free();
    await booking;
    expect((await wish)?.finished.map(({ outcome }) => numbersOf(outcome))).toEqual([[51, 52]]);
  });

  test('a command is refused if a concurrent batch takes the last seats', async () => {
    const { id, seatIds } = await hall(3);
    const other = await takeLane(lane.orm, 'seat-0');
    const free = await lane.lock(`select 1 from seat where id = ${seatIds[2]} for update`);
    const taking = seatIds.slice(1).map((seatId) => inLane(book(buyer(1), seatId), other));
    const booking = runToTheEnd(lane.deps, other, taking);
    await lane.waitForLockWaiters(1);
    const wish = lane.outcome(best(buyer(0), id, 2));
    await lane.waitForLockWaiters(2);
    await free();
    await booking;
    expect(numbersOf(await wish)).toBe('NO_ADJACENT_SEATS');
  });

  test('batches that request the best seats of one schedule are serialized, and none is rolled back', async () => {
    const { id } = await hall(20);
    const names = ['user-1', 'user-2', 'user-3', 'user-4'] as const;
    const laneBatches = [];
    for (const [index, name] of names.entries()) {
      const owned = await takeLane(lane.orm, name);
      laneBatches.push({ lane: owned, commands: [inLane(best(buyer(index), id, 2), owned)] });
    }
    const finished = await Promise.all(laneBatches.map((each) => runTogether(lane.deps, [each])));
    const given = finished.flatMap((each) => numbersOf(each?.finished[0]?.outcome) as number[]);
    expect(new Set(given).size).toBe(8);
  });
});
