/** Loads and locks points: those of users, of the users of orders, and of those who paid by card. */
import { type RawBuilder, sql } from 'kysely';
import type { Send } from '../../../src/db/connection/pipeline.ts';
import { anyOf, db, type Given, rareStatement, statement } from '../../../src/db/statement.ts';
import type { Rows } from '../rows.ts';

const pointsOf = (userIds: RawBuilder<readonly number[]>) =>
  db
    .selectFrom('points')
    .select(['user_id as userId', 'balance'])
    .where('user_id', '=', anyOf(userIds))
    .orderBy('user_id')
    .forUpdate();

/** Whose points are needed. */
export interface Owners {
  userIds: readonly number[];
  /** Orders whose users' points are needed. */
  ownersOf: readonly number[];
  /** Refunds to cards whose payers' points are needed. */
  payersOf: readonly number[];
}

const lockPoints = statement('lock points', ({ userIds }: Given<{ userIds: readonly number[] }>) =>
  pointsOf(userIds),
);
/** The users of an order and of a checkout never change, so that they can be looked up before these are locked. */
const lockPointsOfOwners = rareStatement(({ userIds, ownersOf, payersOf }: Given<Owners>) =>
  pointsOf(
    sql<number[]>`(${userIds}::bigint[] || array(${db
      .selectFrom('app_order')
      .select('user_id')
      .where('id', '=', anyOf(ownersOf))}) || array(${db
      .selectFrom('checkout')
      .innerJoin('card_refund', 'checkout_id', 'checkout.id')
      .select('user_id')
      .where('card_refund.id', '=', anyOf(payersOf))}))`,
  ),
);

/** Loads and locks the points of these users and owners. */
export async function loadPoints(send: Send, rows: Rows, owners: Owners): Promise<void> {
  const { userIds, ownersOf, payersOf } = owners;
  const isOfOwners = ownersOf.length + payersOf.length > 0;
  if (userIds.length === 0 && !isOfOwners) return;
  const found = await send(isOfOwners ? lockPointsOfOwners(owners) : lockPoints({ userIds }));
  for (const points of found) rows.points.load({ ...points, isNew: false });
  for (const userId of userIds) expectPoints(rows, userId);
}

/** A user who never had points has no row: the first change inserts it. */
export function expectPoints(rows: Rows, userId: number | undefined): void {
  if (userId === undefined || rows.points.get(userId)) return;
  rows.points.load({ userId, balance: 0, isNew: true });
}
