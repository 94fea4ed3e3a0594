/** Compares what the users of the large sale were told with the database, user by user. Each function returns how many differ. */
import type { UserView } from './buyer.ts';
import { FATES } from './crowd.ts';
import type { SaleResult } from './large.ts';
import { countLateTurns, countOvertakenEntering, type Entering } from './turns.ts';

export type Query = <Row extends object>(text: string) => Promise<Row[]>;

/** What must be 0, by what it is. */
export type Findings = Record<string, number>;

/** The user's number, from the subject of the access token. */
const USER = `substr(subject, 7)::int`;

interface EntryRow {
  user: number;
  number: number;
  admittedAt: number | null;
  queue: number;
  reason: string | null;
}

interface OrderRow {
  user: number;
  id: number;
  state: string;
  total: number;
  quantity: number;
}

/** @param queueIds in the order of the plan */
export async function checkHistory(
  { crowd, watch, shoppers: { views }, soldOutAfter }: SaleResult,
  queueIds: readonly number[],
  query: Query,
): Promise<Findings> {
  const entries = await query<EntryRow>(`
    select ${USER} as user, number::int, extract(epoch from admitted_at)::float8 * 1000 as "admittedAt", queue_id as queue,
      end_reason as reason
    from queue_entry join app_user on app_user.id = user_id`);
  const enterings: Entering[] = Array.from(crowd.numbers, (number, user) => ({
    queue: crowd.queueOf[user] as number,
    number,
    sentAt: crowd.sentAt[user] as number,
    answeredAt: crowd.answeredAt[user] as number,
  }));
  const admissions = entries.flatMap(({ queue, number, admittedAt }) =>
    admittedAt === null ? [] : [{ queue, number, admittedAt }],
  );
  return {
    'users who sent later and got a lower number': countOvertakenEntering(enterings),
    'users admitted after a higher number': countLateTurns(admissions),
    'users who waited while a higher number was seen active': watch.overtaken,
    'queues that did not sell everything': soldOutAfter.filter((at) => at === undefined).length,
    'entries that differ from what their user was told': differingEntries(entries, {
      crowd,
      views,
      queueIds,
    }),
    'orders that differ from what their user was told': differingOrders(
      await query<OrderRow>(`
        select ${USER} as user, app_order.id::int, app_order.state, total::int, count(*)::int as quantity
        from app_order join app_user on app_user.id = app_order.user_id join booking on order_id = app_order.id
        group by app_order.id, subject`),
      views,
    ),
    'balances that differ from what their user was told': differingBalances(
      await query<{ user: number; balance: number }>(`
        select ${USER} as user, balance::int from points join app_user on app_user.id = user_id where subject like 'buyer %'`),
      views,
    ),
    'checkouts that differ from what their user was told': differingCheckouts(
      await query<{ id: number; state: string }>('select id::int, state from checkout'),
      views,
    ),
    'paid orders without a ticket for each place': views.filter(
      ({ order, tickets, quantity }) => tickets !== (order === 'paid' ? quantity : 0),
    ).length,
    ...(await placesAreSoldOnce(query)),
  };
}

export function differingEntries(
  entries: readonly EntryRow[],
  {
    crowd: { fates, numbers, queueOf },
    views,
    queueIds,
  }: {
    crowd: Pick<SaleResult['crowd'], 'fates' | 'numbers' | 'queueOf'>;
    views: readonly UserView[];
    queueIds: readonly number[];
  },
): number {
  const viewOf = new Map(views.map((view) => [view.user, view]));
  const seen = new Set<number>();
  const wrong = entries.filter(({ user, number, admittedAt, queue, reason }) => {
    if (seen.has(user)) return true;
    seen.add(user);
    const fate = FATES[fates[user] ?? 0];
    const expected = fate === 'sold out' ? 'sold-out' : viewOf.get(user)?.entry;
    return (
      number !== numbers[user] ||
      queue !== queueIds[queueOf[user] as number] ||
      (admittedAt !== null) !== (fate === 'admitted') ||
      reason !== expected
    );
  });
  return wrong.length + (fates.length - seen.size);
}

export function differingOrders(rows: readonly OrderRow[], views: readonly UserView[]): number {
  const told = new Map(
    views.flatMap((view) => (view.orderId === undefined ? [] : [[view.orderId, view] as const])),
  );
  let wrong = 0;
  for (const { user, id, state, total, quantity } of rows) {
    const view = told.get(id);
    told.delete(id);
    const isSame =
      view?.user === user &&
      view.order === state &&
      view.total === total &&
      view.quantity === quantity;
    if (!isSame) wrong += 1;
  }
  return wrong + told.size;
}

export function differingBalances(
  rows: readonly { user: number; balance: number }[],
  views: readonly UserView[],
): number {
  const found = new Map(rows.map(({ user, balance }) => [user, balance]));
  return views.filter(({ user, balance }) => (found.get(user) ?? 0) !== balance).length;
}

export function differingCheckouts(
  rows: readonly { id: number; state: string }[],
  views: readonly UserView[],
): number {
  const told = new Map(
    views.flatMap(({ checkout }) => (checkout ? [[checkout.id, checkout.state] as const] : [])),
  );
  let wrong = 0;
  for (const { id, state } of rows) {
    if (told.get(id) !== state) wrong += 1;
    told.delete(id);
  }
  return wrong + told.size;
}

async function placesAreSoldOnce(query: Query): Promise<Findings> {
  const [row] = await query<Findings>(`
    select (select count(*) from (
        select seat_id from booking where is_live and seat_id is not null group by seat_id having count(*) > 1) twice
      )::int as "seats sold twice",
      (select count(*) from area where sold > capacity or sold <> (
        select count(*) from booking where area_id = area.id and is_live))::int as "areas oversold",
      (select count(*) from seat where state <> 'sold')::int
        + (select coalesce(sum(capacity - sold), 0) from area)::int as "places not sold",
      (select count(*) from queue_entry where state <> 'ended')::int as "entries that have not ended",
      (select count(*) from app_order where state = 'held')::int as "holds that have not ended"`);
  return row ?? {};
}
