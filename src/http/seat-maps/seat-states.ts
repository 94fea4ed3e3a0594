/** States of seats as text, one character a seat: what changed between two, and how they travel packed. */
import type { Seat } from '../../commands/schemas/resources.ts';

/** As `readSeatStates` writes them. */
export const STATE_NAMES: Readonly<Record<string, Seat['state']>> = {
  a: 'available',
  h: 'held',
  s: 'sold',
};

const BITS: Readonly<Record<string, number>> = { a: 0, h: 1, s: 2 };
const SEATS_A_BYTE = 4;

/** Packs two bits a seat, the first seat in the lowest bits of the first byte, as base64. */
export function packStates(states: string): string {
  const bytes = Buffer.alloc(Math.ceil(states.length / SEATS_A_BYTE));
  for (let place = 0; place < states.length; place += 1) {
    const byte = Math.floor(place / SEATS_A_BYTE);
    const bits = BITS[states[place] as string] ?? 0;
    bytes[byte] = (bytes[byte] as number) | (bits << (2 * (place % SEATS_A_BYTE)));
  }
  return bytes.toString('base64');
}

/** A seat's id and its new state. */
export type Change = [number, Seat['state']];

/** What has changed, by seat. @param ids of the seats, in the order of the states */
export function changesBetween(before: string, after: string, ids: readonly number[]): Change[] {
  const changes: Change[] = [];
  if (before === after) return changes;
  for (let place = 0; place < ids.length; place += 1) {
    if (before[place] === after[place]) continue;
    const state = STATE_NAMES[after[place] as string];
    if (state) changes.push([ids[place] as number, state]);
  }
  return changes;
}
