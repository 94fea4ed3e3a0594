/** Loads and locks points: those of users, of the users of orders, and of those who paid by card. */
import { type RawBuilder, sql } from 'kysely';
import type { Send } from '../../../src/db/connection/pipeline.ts';
import { anyOf, db, type Given, rareStatement, statement } from '../../../src/db/statement.ts';
import { distinct, idsIn, type Needing } from '../needing.ts';
import type { Rows } from '../rows.ts';

const pointsOf = (userIds: RawBuilder<readonly number[]>) =>
  db
    .selectFrom('points')
    .select(['user_id as userId', 'balance'])
    .where('user_id', '=', anyOf(userIds))
    .orderBy('user_id')
    .forUpdate();

/** Whose points are needed. */
interface Owners {
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

/** Loads and locks the points of users, and of the users of orders and refunds. */
export async function loadPoints(send: Send, rows: Rows, batch: readonly Needing[]): Promise<void> {
  const userIds = distinct([...usersIn(batch), ...namedUsersIn(batch, rows.subjects)]);
  const owners = ownersIn(batch);
  const isOfOwners = owners.ownersOf.length + owners.payersOf.length > 0;
  if (userIds.length === 0 && !isOfOwners) return;
  const found = await send(
    isOfOwners ? lockPointsOfOwners({ userIds, ...owners }) : lockPoints({ userIds }),
  );
  for (const points of found) rows.points.load({ ...points, isNew: false });
  for (const userId of userIds) expectPoints(rows, userId);
}

/** What users have begun to pay by card is counted under the lock of their points. */
const usersIn = (batch: readonly Needing[]) =>
  idsIn(batch, ({ points, begunCheckouts }, { userId }) =>
    points || begunCheckouts ? userId : undefined,
  );

const namedUsersIn = (batch: readonly Needing[], subjects: Rows['subjects']) =>
  idsIn(batch, ({ pointsOfSubject: subject }) =>
    subject === undefined ? undefined : subjects.get(subject),
  );

function ownersIn(batch: readonly Needing[]): Omit<Owners, 'userIds'> {
  return {
    ownersOf: idsIn(batch, ({ order }) => (order?.withPoints ? order.id : undefined)),
    payersOf: idsIn(batch, ({ refund }) => (refund?.withPoints ? refund.id : undefined)),
  };
}

/** Adds the points of users of orders and refunds who never had any. It runs when the orders and refunds are loaded, and the points too. */
export function expectPointsOfOwners(rows: Rows, batch: readonly Needing[]): void {
  const { ownersOf, payersOf } = ownersIn(batch);
  for (const orderId of ownersOf) expectPoints(rows, rows.orders.get(orderId)?.userId);
  for (const refundId of payersOf) {
    const { checkoutId = 0 } = rows.money.refunds.get(refundId) ?? {};
    expectPoints(rows, rows.money.checkouts.get(checkoutId)?.userId);
  }
}

/** A user who never had points has no row: the first change inserts it. */
function expectPoints(rows: Rows, userId: number | undefined): void {
  if (userId === undefined || rows.points.get(userId)) return;
  rows.points.load({ userId, balance: 0, isNew: true });
}
