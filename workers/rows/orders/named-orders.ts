/** The orders that commands name, by their ids or by their bookings. */
import { sql } from 'kysely';
import { anyOf, db, type Given } from '../../../src/db/statement.ts';
import type { Needs } from '../../handlers/needs.ts';
import { idsIn, type Needing } from '../needing.ts';

/** Orders, named themselves or by a booking. */
export interface Named {
  orderIds: readonly number[];
  bookingIds: readonly number[];
}

type NeededOrder = NonNullable<Needs['order']>;

/** @param isMeant leaves out the orders of some commands; by default it leaves out none */
export function namedIn(
  batch: readonly Needing[],
  isMeant: (order: NeededOrder) => boolean | undefined = () => true,
): Named {
  const meant = batch.filter(({ needs: { order } }) => order && isMeant(order));
  return {
    orderIds: idsIn(meant, ({ order }) => order?.id),
    bookingIds: idsIn(meant, ({ order }) => order?.bookingId),
  };
}

/** SQL: the ids of the named orders. The order of a booking never changes. */
export const namedOrders = ({ orderIds, bookingIds }: Given<Named>) =>
  sql<number[]>`(${orderIds}::bigint[] || array(${db
    .selectFrom('booking')
    .select('order_id')
    .where('id', '=', anyOf(bookingIds))}))`;
