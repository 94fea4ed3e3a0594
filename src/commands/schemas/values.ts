/** The JSON shape of single values: ids, times, points, states of orders. */
import { z } from 'zod';

/** Ids are positive integers that a JSON number represents exactly. */
export const id = z.int().min(1).max(Number.MAX_SAFE_INTEGER);
/**
 * The arguments of `refine` for a list that must not name anything twice.
 * @param what the thing, with its article, in the singular: "a seat"
 * @param keyOf what makes two items name the same thing; by default the item itself
 */
export function notTwice<Item>(
  what: string,
  keyOf: (item: Item) => unknown = (item) => item,
): [check: (items: readonly Item[]) => boolean, message: string] {
  return [
    (items) => new Set(items.map(keyOf)).size === items.length,
    `must not name ${what} twice`,
  ];
}

/** The ids of waiting queues are a `smallint`. */
export const QUEUE_ID_MAX = 32_767;
export const queueId = z.int().min(1).max(QUEUE_ID_MAX);
/**
 * A time in a request, converted to ISO 8601 in UTC. Years before 1970 or with more than four digits are mistakes, and
 * PostgreSQL and JavaScript disagree on some of them.
 */
export const givenTime = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .refine((moment) => moment.getUTCFullYear() >= 1970 && moment.getUTCFullYear() <= 9999, {
    error: 'must be between the years 1970 and 9999',
  })
  .transform((moment) => moment.toISOString());

/** Points and prices: whole numbers from 0 to 2^31 - 1. */
export const points = z.int().min(0).max(2_147_483_647);
/** A balance, or a sum of prices: at most what a JSON number represents exactly. */
export const balance = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
/** A time in a response, as ISO 8601 in UTC. */
export const time = z.iso.datetime();

export const ORDER_STATES = [
  'held',
  'paid',
  'expired',
  'cancelled',
  'refunded',
  'partly-refunded',
] as const;

/** Why the system has ended the waiting of a user: the user was gone, or the queue has nothing to sell any more. */
export const ENDS_OF_WAITING = ['away', 'sold-out', 'closed'] as const;
export type EndOfWaiting = (typeof ENDS_OF_WAITING)[number];
