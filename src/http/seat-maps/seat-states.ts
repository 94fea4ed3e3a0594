/** Seat states as text, one character per seat: how to compare two versions and how to pack them for clients. */
import type { Seat } from '../../commands/schemas/resources.ts';

/** The characters that `readSeatStates` uses. A blocked seat is held, and marked besides. */
export const STATE_NAMES: Readonly<Record<string, Seat['state']>> = {
  a: 'available',
  h: 'held',
  s: 'sold',
  b: 'held',
};

/** The character of a seat that operators have blocked. */
export const BLOCKED = 'b';

/** The JSON of a seat behind its unchanging details. */
export function stateJson(state: Seat['state'], isBlocked: boolean): string {
  return `"state":"${state}"${isBlocked ? ',"isBlocked":true' : ''}}`;
}

const BITS: Readonly<Record<string, number>> = { a: 0, h: 1, s: 2, b: 3 };
const SEATS_PER_BYTE = 4;

/** Packs two bits per seat, the first seat in the lowest bits of the first byte, as base64. */
export function packStates(states: string): string {
  const bytes = Buffer.alloc(Math.ceil(states.length / SEATS_PER_BYTE));
  for (let index = 0; index < states.length; index += 1) {
    const byte = Math.floor(index / SEATS_PER_BYTE);
    const bits = BITS[states[index] as string] ?? 0;
    bytes[byte] = (bytes[byte] as number) | (bits << (2 * (index % SEATS_PER_BYTE)));
  }
  return bytes.toString('base64');
}

/** A seat's id and its new state; `true` if operators have blocked it. */
export type Change = [number, Seat['state']] | [number, Seat['state'], true];

/** The seats whose state differs between two versions. @param ids seat ids, in the order of the states */
export function changesBetween(before: string, after: string, ids: readonly number[]): Change[] {
  const changes: Change[] = [];
  if (before === after) return changes;
  for (let index = 0; index < ids.length; index += 1) {
    if (before[index] === after[index]) continue;
    const state = STATE_NAMES[after[index] as string];
    const id = ids[index] as number;
    if (state) changes.push(after[index] === BLOCKED ? [id, state, true] : [id, state]);
  }
  return changes;
}
