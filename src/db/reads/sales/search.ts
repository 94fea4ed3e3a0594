/** Finds orders of any user for operators: by number, user, seat or performance. */
import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Order } from '../../../commands/schemas/resources.ts';
import type { Database } from '../../connection/orm.ts';
import { rowsOf } from '../../connection/pipeline.ts';
import { ORDER_STATES } from '../../entities/app-order.ts';
import { db, unprepared } from '../../statement.ts';
import { isExpired, isNotExpired } from '../expired-orders.ts';
import { type Found, type OrderRow, toOrders, withBookings } from '../orders.ts';
import { timeOf } from '../time-key.ts';

/** What an order must match. One of `orderId`, `user`, a seat and `scheduleId` must be given, so that an index finds it. */
export interface OrderFilter {
  orderId?: number | undefined;
  /** A subject. */
  user?: string | undefined;
  /** A seat of one of its bookings, also of those that have ended. */
  seatId?: number | undefined;
  scheduleId?: number | undefined;
  /** With `scheduleId`: a seat by its number, of any section and row unless they are given. */
  seatNumber?: number | undefined;
  section?: string | undefined;
  row?: string | undefined;
  state?: Order['state'] | undefined;
}

export interface OrderSearch extends OrderFilter {
  /** The last order of the previous page: its time in µs since 1970, and its id. */
  before: { createdAtUs: number; id: number } | undefined;
  limit: number;
}

export interface FoundOrder extends OrderRow {
  /** The user. */
  subject: string;
}

/**
 * Returns up to `limit + 1` orders; the extra one shows that there is a next page. Those of a user are sorted by time, all others by
 * number, the newest first.
 */
export async function searchOrders(orm: Database, search: OrderSearch): Promise<FoundOrder[]> {
  const found = withBookings(foundBy({ ...search, limit: search.limit + 1 }))
    .innerJoin('app_user', 'app_user.id', 'found.user_id')
    .select('subject');
  const rows = await rowsOf(orm, unprepared(found));
  const subjects = new Map(rows.map(({ orderId, subject }) => [orderId, subject]));
  const orders = toOrders(rows).map((order) => ({
    ...order,
    subject: subjects.get(order.id) ?? '',
  }));
  return isByTime(search) ? orders : orders.toSorted((one, other) => other.id - one.id);
}

const isByTime = ({ orderId, user }: OrderFilter) => orderId === undefined && user !== undefined;

type Condition = Expression<SqlBool>;

function foundBy(search: OrderSearch): RawBuilder<Found> {
  const { before, limit } = search;
  const conditions = conditionsOf(search);
  if (!isByTime(search)) {
    const orders = ordersWith([
      ...conditions,
      ...(before ? [sql`app_order.id < ${before.id}`] : []),
    ]);
    return sql`(${orders.orderBy('app_order.id', 'desc').limit(limit)})`;
  }
  // The index of a user's orders has the state before the time, so the list is merged of one part for each state.
  const key =
    before &&
    sql<boolean>`(app_order.created_at, app_order.id)
    < (${timeOf(sql.val(before.createdAtUs))}, ${before.id})`;
  const parts = ORDER_STATES.map((state) =>
    ordersWith([...conditions, sql`app_order.state = ${sql.lit(state)}`, ...(key ? [key] : [])])
      .orderBy('app_order.created_at', 'desc')
      .orderBy('app_order.id', 'desc')
      .limit(limit),
  );
  return sql`(select * from (${sql.join(
    parts.map((part) => sql`(${part})`),
    sql` union all `,
  )}) as parts order by created_at desc, id desc limit ${limit})`;
}

const ordersWith = (conditions: readonly RawBuilder<unknown>[]) =>
  db
    .selectFrom('app_order')
    .selectAll('app_order')
    .where((one) => one.and(conditions as readonly Condition[]));

function conditionsOf(filter: OrderFilter): RawBuilder<unknown>[] {
  const { orderId, user, scheduleId, state } = filter;
  const seats = seatsOf(filter);
  return [
    orderId !== undefined && sql`app_order.id = ${orderId}`,
    user !== undefined &&
      sql`app_order.user_id = (select id from app_user where subject = ${user})`,
    seats && sql`app_order.id = any (array(${ordersOn(seats)}))`,
    scheduleId !== undefined && sql`app_order.schedule_id = ${scheduleId}`,
    state !== undefined && isIn(state),
  ].filter((condition) => condition !== false && condition !== undefined);
}

function seatsOf(filter: OrderFilter): RawBuilder<unknown> | undefined {
  const { seatId, scheduleId, seatNumber, section, row } = filter;
  if (seatId !== undefined) return sql`array[${seatId}::bigint]`;
  if (seatNumber === undefined) return undefined;
  let seats = db
    .selectFrom('seat')
    .select('id')
    .where('schedule_id', '=', scheduleId ?? 0)
    .where('number', '=', seatNumber);
  if (section !== undefined) seats = seats.where('section', '=', section);
  if (row !== undefined) seats = seats.where('row_name', '=', row);
  return sql`array(${seats})`;
}

/** Live and ended bookings of a seat are in two indexes. */
const ordersOn = (seats: RawBuilder<unknown>) => sql`
  select order_id from booking where seat_id = any (${seats}) and seat_id is not null and ended_as is null
  union
  select order_id from booking where seat_id = any (${seats}) and seat_id is not null and ended_as is not null`;

/** Held orders whose holds have run out are expired, although they are not ended yet. */
function isIn(state: Order['state']): RawBuilder<unknown> {
  const isStored = sql<boolean>`app_order.state = ${state}`;
  if (state === 'held') return sql`(${isStored} and ${isNotExpired})`;
  if (state === 'expired') return sql`(${isStored} or ${isExpired})`;
  return isStored;
}
