/**
 * Buys a seat: enters the waiting queue, finds a performance on sale, holds a seat, charges points and pays.
 *
 *   npx node examples/buy-a-seat.ts [URL]
 */
import { randomUUID } from 'node:crypto';
// In your own project: 'seatlane-client'.
import { Refusal, type Seat, Seatlane, signIn } from '../src/client/index.ts';
import { findApi } from './support/find-api.ts';

const baseUrl = findApi(process.argv[2]);
const subject = `ada-${randomUUID().slice(0, 8)}`;
// The development issuer issues a token for any subject; in production your identity provider issues it.
const seatlane = new Seatlane({ baseUrl, token: () => signIn(baseUrl, { subject }) });

await seatlane.enterQueue();
await seatlane.untilAdmitted({
  onEntry: ({ position }) => console.log(`Position in the queue: ${position}`),
});

const booking = await holdAny(await freeSeats());
console.log(`Seat ${booking.seatId} is held until ${booking.holdExpiresAt}`);
await seatlane.charge(Math.max(1, booking.price));
const { price, balance } = await seatlane.pay(booking.id);
console.log(`Seat ${booking.seatId} is paid with ${price} points; ${balance} are left`);

/** The available seats of the first performance on sale that has any. */
async function freeSeats(): Promise<Seat[]> {
  for await (const { id: concertId } of seatlane.eachConcert()) {
    for await (const { id } of seatlane.eachBookableSchedule(concertId)) {
      const seats = await seatlane.seats(id, { state: 'available' });
      if (seats.length > 0) return seats;
    }
  }
  throw new Error('Nothing is on sale.');
}

/** Holds the first seat that no other user has taken meanwhile. */
async function holdAny(seats: readonly Seat[]) {
  for (const { id } of seats) {
    try {
      return await seatlane.book(id);
    } catch (error) {
      const isTaken = error instanceof Refusal && error.code.startsWith('SEAT_ALREADY_');
      if (!isTaken) throw error;
    }
  }
  throw new Error('All seats are taken.');
}
