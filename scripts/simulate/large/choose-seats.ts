/** Chooses free seats on the map, as users of the large sale do. */

/** A map of seats, numbered from 0 in its order. */
export interface SeatMap {
  count: number;
  isFree(seat: number): boolean;
}

/**
 * Chooses adjacent free seats: the first after `start`, and from the beginning of the map after its end.
 * @returns their numbers: fewer if there are not as many side by side; none if no seat is free
 */
export function chooseSeats({ count, isFree }: SeatMap, quantity: number, start: number): number[] {
  let best: number[] = [];
  let run: number[] = [];
  for (let offset = 0; offset < count; offset += 1) {
    const seat = (start + offset) % count;
    if (seat === 0 || !isFree(seat)) run = [];
    if (isFree(seat)) run.push(seat);
    if (run.length > best.length) best = [...run];
    if (best.length === quantity) return best;
  }
  return best;
}

const SEATS_PER_BYTE = 4;
const BITS_PER_SEAT = 2;
const STATE = 3;
const AVAILABLE = 0;

/** Reads the packed map of `GET /concerts/schedules/:id/availability`: base64, two bits a seat. */
export function unpackMap(packed: string, count: number): SeatMap {
  const bytes = Buffer.from(packed, 'base64');
  return {
    count,
    isFree(seat) {
      const byte = bytes[Math.floor(seat / SEATS_PER_BYTE)] ?? 0;
      return ((byte >> (BITS_PER_SEAT * (seat % SEATS_PER_BYTE))) & STATE) === AVAILABLE;
    },
  };
}
