/** A user with points and newest orders, for operators. */
import type { Order, PointHistoryLine } from '../../../commands/schemas/resources.ts';
import type { Database } from '../../connection/orm.ts';
import { rowsOf } from '../../connection/pipeline.ts';
import { db, type Given, rareStatement } from '../../statement.ts';
import { listOrders } from '../orders.ts';
import { listHistory } from '../points.ts';

export interface UserAccount {
  subject: string;
  name: string | null;
  /** ISO 8601. */
  createdAt: string;
  /** In points. */
  balance: number;
  orders: Order[];
  history: PointHistoryLine[];
}

/** How many orders and changes of the balance are shown. */
const NEWEST = 20;

const accountOf = rareStatement(({ subject }: Given<{ subject: string }>) =>
  db
    .selectFrom('app_user')
    .leftJoin('points', 'points.user_id', 'app_user.id')
    .select(['name', 'app_user.created_at as createdAt', 'balance'])
    .where('subject', '=', subject),
);

/** @returns undefined if the user has never sent a command */
export async function readUserAccount(
  orm: Database,
  subject: string,
): Promise<UserAccount | undefined> {
  const newest = { subject, from: undefined, to: undefined, before: undefined, limit: NEWEST };
  const [[account], orders, history] = await Promise.all([
    rowsOf(orm, accountOf({ subject })),
    listOrders(orm, newest),
    listHistory(orm, { ...newest, kind: undefined }),
  ]);
  if (!account) return undefined;
  return {
    subject,
    name: account.name,
    createdAt: account.createdAt.toISOString(),
    balance: account.balance ?? 0,
    orders: orders.slice(0, NEWEST).map(({ createdAtUs: _, ...order }) => order),
    history: history.slice(0, NEWEST).map(({ createdAtUs: _, ...line }) => line),
  };
}
