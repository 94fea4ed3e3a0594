/**
 * Buys a seat: enters the waiting queue, finds a performance on sale, orders a seat, charges points and pays.
 *
 *   npx node examples/buy-a-seat.ts [URL]
 */
import { randomUUID } from 'node:crypto';
// In your own project: 'seatlane-client'.
import { type Order, Refusal, Seatlane, signIn } from '../src/client/index.ts';
import { findApi } from './support/find-api.ts';

const baseUrl = findApi(process.argv[2]);
const subject = `ada-${randomUUID().slice(0, 8)}`;
// The development issuer issues a token for any subject; in production your identity provider issues it.
const seatlane = new Seatlane({ baseUrl, token: () => signIn(baseUrl, { subject }) });

await seatlane.enterQueue();
await seatlane.untilAdmitted({
  onEntry: ({ position }) => console.log(`Position in the queue: ${position}`),
});

const order = await orderAny(await freeSeats());
const seatId = order.bookings[0]?.seatId;
console.log(`Seat ${seatId} is held until ${order.holdExpiresAt}`);
await seatlane.charge(Math.max(1, order.total));
const { balance } = await seatlane.pay(order);
console.log(`Seat ${seatId} is paid with ${order.total} points; ${balance} are left`);

interface FreeSeats {
  scheduleId: number;
  seatIds: number[];
}

/** The available seats of the first performance on sale that has any. */
async function freeSeats(): Promise<FreeSeats> {
  for await (const { id: concertId } of seatlane.eachConcert()) {
    for await (const { id } of seatlane.eachBookableSchedule(concertId)) {
      const seats = await seatlane.seats(id, { state: 'available' });
      if (seats.length > 0) return { scheduleId: id, seatIds: seats.map((seat) => seat.id) };
    }
  }
  throw new Error('Nothing is on sale.');
}

/** Orders the first seat that no other user has taken meanwhile. */
async function orderAny({ scheduleId, seatIds }: FreeSeats): Promise<Order> {
  for (const seatId of seatIds) {
    try {
      return await seatlane.order({ scheduleId, seatIds: [seatId] });
    } catch (error) {
      const isTaken = error instanceof Refusal && error.code.startsWith('SEAT_ALREADY_');
      if (!isTaken) throw error;
    }
  }
  throw new Error('All seats are taken.');
}
