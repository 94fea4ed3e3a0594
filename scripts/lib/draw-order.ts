/** Recomputes the order of a draw from what is public, and compares it with the published places. */
import { hash } from 'node:crypto';

export interface PublishedDraw {
  seed: string;
  seedHash: string;
  /** Null in draws of versions whose order follows from the seed alone. */
  ticketsHash: string | null;
  places: number;
  firstNumber: number;
}

/** An entry that took part: the number that it had at first, and the one that it got. */
export interface PublishedPlace {
  ticket: number;
  number: number;
}

const sha256 = (text: string) => hash('sha256', text, 'hex');

/** SHA-256 of the tickets in ascending order, joined by commas, in hex. */
export function hashOfTickets(tickets: readonly number[]): string {
  return sha256(tickets.toSorted((one, other) => one - other).join(','));
}

/**
 * The tickets in the order of their keys, and of themselves where two keys are equal. A key is the SHA-256 of `MIXED:TICKET`, where
 * MIXED is that of `SEED:TICKETS_HASH`; in draws of older versions, that of `SEED:TICKET`.
 */
export function orderOf(
  tickets: readonly number[],
  { seed, ticketsHash }: Pick<PublishedDraw, 'seed' | 'ticketsHash'>,
): number[] {
  const mixed = ticketsHash === null ? seed : sha256(`${seed}:${ticketsHash}`);
  const keys = new Map(tickets.map((ticket) => [ticket, sha256(`${mixed}:${ticket}`)]));
  const keyOf = (ticket: number) => keys.get(ticket) ?? '';
  return tickets.toSorted((one, other) => {
    if (keyOf(one) === keyOf(other)) return one - other;
    return keyOf(one) < keyOf(other) ? -1 : 1;
  });
}

/** @returns what is wrong, in sentences; nothing if the places follow from the seed */
export function faultsOfDraw(draw: PublishedDraw, places: readonly PublishedPlace[]): string[] {
  const { seed, seedHash, ticketsHash, firstNumber } = draw;
  const tickets = places.map(({ ticket }) => ticket);
  const numbers = new Map(places.map(({ ticket, number }) => [ticket, number]));
  // Entries that an older version has deleted have left gaps, so only the order of the others can be compared.
  const isWhole = ticketsHash !== null || places.length === draw.places;
  const given = places.map(({ number }) => number).toSorted((one, other) => one - other);
  const misplaced = orderOf(tickets, draw).filter((ticket, index) => {
    return numbers.get(ticket) !== (isWhole ? firstNumber + index : given[index]);
  });
  return [
    ...(sha256(seed) === seedHash ? [] : ['The seed does not match the announced hash.']),
    ...(ticketsHash === null || hashOfTickets(tickets) === ticketsHash
      ? []
      : ['The listed tickets do not match their published hash.']),
    ...(ticketsHash === null || places.length === draw.places
      ? []
      : [`${draw.places} entries took part, but ${places.length} are listed.`]),
    ...(misplaced.length === 0
      ? []
      : [`${misplaced.length} entries have another number than the seed gives them.`]),
  ];
}
