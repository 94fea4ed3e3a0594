/** Whatever buyers wish for, the best available seats are those that the batch locked for them, and lie within the wish. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Booking } from '../../../../src/commands/schemas/resources.ts';
import { pipelined } from '../../../../src/db/connection/pipeline.ts';
import { handlers } from '../../../../workers/handlers/index.ts';
import { findAdjacentSeats } from '../../../../workers/rows/find-adjacent-seats.ts';
import type { Needing } from '../../../../workers/rows/load-rows.ts';
import { type Buyer, openTestLane, type TestLane } from '../../../support/services/test-lane.ts';

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
          return { command, needs: handlers['book-seats'].needs(accepted.input) };
        });
        const { choices } = await pipelined(lane.orm, (send) => findAdjacentSeats(send, wanting));
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
