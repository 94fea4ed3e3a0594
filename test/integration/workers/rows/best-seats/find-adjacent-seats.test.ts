/** Whatever buyers wish for, the best available seats are those that the batch locked for them, and lie within the wish. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BookSeats } from '../../../../../src/commands/bookings/book-seats.ts';
import type { Booking } from '../../../../../src/commands/schemas/resources.ts';
import { pipelined, type Send } from '../../../../../src/db/connection/pipeline.ts';
import { handlers } from '../../../../../workers/handlers/index.ts';
import { findAdjacentSeats } from '../../../../../workers/rows/best-seats/find-adjacent-seats.ts';
import {
  ScheduleRanges,
  type ScheduleTimes,
} from '../../../../../workers/rows/best-seats/schedule-ranges.ts';
import type { Needing } from '../../../../../workers/rows/needing.ts';
import { type Buyer, openTestLane, type TestLane } from '../../../../support/services/test-lane.ts';

let lane: TestLane;
let buyers: Buyer[];
beforeAll(async () => {
  lane = await openTestLane({ seatsPerUserMax: 10 });
  buyers = [];
  for (const name of ['ada', 'bea', 'cleo', 'dora', 'edda', 'fay', 'gil', 'hal'])
    buyers.push(await lane.buyer(name));
});
afterAll(() => lane.stop());

const price = fc.integer({ min: 1, max: 4 });
const aWish = fc.record(
  {
    quantity: fc.integer({ min: 1, max: 3 }),
    minPrice: fc.integer({ min: 0, max: 2 }),
    maxPrice: fc.integer({ min: 2, max: 4 }),
    section: fc.constantFrom('A', 'B'),
    prefer: fc.constantFrom('best', 'cheapest'),
  },
  { requiredKeys: ['quantity'] },
);
const aHall = fc.array(
  fc.record({ section: fc.constantFrom('A', 'B', 'C'), price, to: fc.integer({ min: 1, max: 6 }) }),
  { minLength: 1, maxLength: 6 },
);

test('commands get the seats that the batch locked for them, and none outside their wishes', async () => {
  await fc.assert(
    fc.asyncProperty(
      aHall,
      fc.array(aWish, { minLength: 1, maxLength: 8 }),
      async (rows, wishes) => {
        const { id } = await lane.schedule({
          seats: rows.map((range, row) => ({ ...range, row: `${row}`, from: 1 })),
        });
        const commands = wishes.map(({ quantity, ...more }, index) =>
          lane.command('book-seats', {
            ...(buyers[index] as Buyer),
            input: { scheduleId: id, bestAvailable: { quantity, ...more } },
          }),
        );
        const wanting = commands.map(({ jobId, accepted, name }): Needing => {
          const command = { ...accepted, jobId, name, userId: 1, acceptedAt: new Date() };
          return { command, needs: handlers['book-seats'].needs(accepted.input as BookSeats) };
        });
        const { choices } = await pipelined(lane.orm, (send) =>
          findAdjacentSeats(send, wanting, new ScheduleRanges()),
        );
        const outcomes = (await lane.run(...commands)).map(({ outcome }) => outcome);
        wishes.forEach((wish, index) => {
          const outcome = outcomes[index];
          const locked = choices.get(commands[index]?.jobId ?? '')?.[0];
          const { bookings = [] } =
            outcome?.state === 'succeeded' ? (outcome.result as { bookings?: Booking[] }) : {};
          expect(bookings.map(({ seatId }) => seatId)).toEqual(locked ?? []);
          for (const booking of bookings) {
            expect(booking.price).toBeGreaterThanOrEqual(wish.minPrice ?? 0);
            expect(booking.price).toBeLessThanOrEqual(wish.maxPrice ?? 4);
            expect(booking.section).toBe(wish.section ?? booking.section);
          }
        });
      },
    ),
    { numRuns: 25 },
  );
});

const wanting = (scheduleId: number, wishes: readonly object[]): Needing[] =>
  wishes.map((wish, index) => {
    const { accepted, name } = lane.command('book-seats', {
      ...(buyers[index % buyers.length] as Buyer),
      input: { scheduleId, bestAvailable: wish },
    });
    const command = { ...accepted, jobId: `${index}`, name, userId: 1, acceptedAt: new Date() };
    return { command, needs: handlers['book-seats'].needs(accepted.input as BookSeats) };
  });
const choicesOf = (scheduleId: number, wishes: readonly object[], known: ScheduleRanges) =>
  pipelined(lane.orm, async (send) => {
    const { choices } = await findAdjacentSeats(send, wanting(scheduleId, wishes), known);
    return [...choices];
  });

const aLargeHall = fc.array(
  fc.record({
    section: fc.constantFrom('A', 'B'),
    price,
    to: fc.integer({ min: 1, max: 8 }),
    blocked: fc.array(fc.integer({ min: 1, max: 8 })),
  }),
  { minLength: 10, maxLength: 30 },
);

test('the choices are those of the whole hall, although only a part of it is read', async () => {
  await fc.assert(
    fc.asyncProperty(
      aLargeHall,
      fc.array(aWish, { minLength: 1, maxLength: 8 }),
      async (rows, wishes) => {
        const { id } = await lane.schedule({
          seats: rows.map(({ blocked: _, ...range }, row) => ({
            ...range,
            row: `${row}`,
            from: 1,
          })),
        });
        for (const [range, { blocked }] of rows.entries()) {
          await blockWhere(id, `range_index = ${range} and number = any('{${blocked.join(',')}}')`);
        }
        const known = new ScheduleRanges();
        const first = await choicesOf(id, wishes, known);
        // This time the process knows how many seats are free in the ranges that it has read.
        expect(await choicesOf(id, wishes, known)).toEqual(first);
        expect(await choicesOf(id, wishes, await knowingNothingFree(id))).toEqual(first);
      },
    ),
    { numRuns: 25 },
  );
});

/** Ranges that are all read, because none seems to have free seats. */
async function knowingNothingFree(scheduleId: number): Promise<ScheduleRanges> {
  const known = new ScheduleRanges();
  const schedules = await lane.rows<ScheduleTimes>(
    `select id, start_at as "startAt", booking_start_at as "bookingStartAt" from schedule where id = ${scheduleId}`,
  );
  const found = await pipelined(lane.orm, (send) => known.find(send, schedules));
  const lastFree = found.get(scheduleId)?.lastFree ?? new Map();
  for (const range of lastFree.keys()) lastFree.set(range, 0);
  return known;
}

/** In how many ranges each read of a batch has found free seats. */
async function rangesRead(
  scheduleId: number,
  wishes: readonly { quantity: number }[],
  known: ScheduleRanges,
) {
  const found: number[] = [];
  const { choices } = await pipelined(lane.orm, (send) => {
    const noting: Send = async (statement) => {
      const rows = await send(statement);
      if (statement.name === 'free seats of ranges') {
        const [{ free = [] } = {}] = rows as { free?: [number][] }[];
        found.push(new Set(free.map(([range]) => range)).size);
      }
      return rows;
    };
    return findAdjacentSeats(noting, wanting(scheduleId, wishes), known);
  });
  const planned = [...choices.values()].map(([first]) => first?.length);
  expect(planned).toEqual(wishes.map(({ quantity }) => quantity));
  return found;
}

const blockWhere = (scheduleId: number, condition: string) =>
  lane.rows(
    `update seat set blocked_reason = 'Camera' where schedule_id = ${scheduleId} and ${condition}`,
  );
const fortyRows = Array.from({ length: 40 }, (_, row) => {
  return { row: `${row}`, from: 1, to: 50, price: 1 };
});

test('only the front of a large hall is read, and more of it once the front is taken', async () => {
  const { id } = await lane.schedule({ seats: fortyRows });
  const known = new ScheduleRanges();
  const read = () => rangesRead(id, [{ quantity: 2 }, { quantity: 3 }], known);
  expect(await read()).toEqual([1]);
  await blockWhere(id, 'range_index < 30');
  // Four times as much each time, until it is enough.
  expect(await read()).toEqual([0, 0, 0, 10]);
  // It begins with what sufficed last, and tries less each time.
  const later = [await read(), await read(), await read(), await read()];
  expect(later.map(([, ...more]) => more)).toEqual([[], [], [], []]);
  expect(later.flat().toSorted((a, b) => b - a)).toEqual(later.flat());
});

test('in a hall of single seats the second batch reads at once what the first one needed', async () => {
  const { id } = await lane.schedule({ seats: fortyRows });
  await blockWhere(id, 'range_index < 38 and number % 2 = 0');
  const known = new ScheduleRanges();
  const read = () => rangesRead(id, [{ quantity: 2 }], known);
  expect((await read()).length).toBeGreaterThan(2);
  expect(await read()).toHaveLength(1);
});

test('after a failover another schedule with the same id has its own ranges', async () => {
  const { id } = await lane.schedule({ seats: [{ from: 1, to: 4, price: 1 }] });
  const known = new ScheduleRanges();
  const find = (startAt: Date) =>
    pipelined(lane.orm, async (send) => {
      const found = await known.find(send, [{ id, startAt, bookingStartAt: startAt }]);
      return found.get(id);
    });
  const first = await find(new Date(1000));
  expect(await find(new Date(1000))).toBe(first);
  expect(await find(new Date(2000))).not.toBe(first);
});
