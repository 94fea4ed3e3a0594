/** What the benchmark of card payments proves at its end: our books, seat by seat, and those of the sandbox. */

type Query = <Row extends object>(text: string) => Promise<Row[]>;

/** What is not finished yet. */
export async function countPending(query: Query): Promise<number> {
  const [row] = await query<{ count: number }>(`
    select (select count(*) from checkout where state in ('opening', 'open'))::int
      + (select count(*) from card_refund where state = 'pending')::int
      + (select count(*) from outbox_call)::int as count`);
  return row?.count ?? 0;
}

/** Sums of our books by state, and what must be 0. */
export async function ourBooks(query: Query): Promise<Record<string, number>> {
  const [row] = await query<Record<string, number>>(`
    select (select count(*) from checkout)::int as checkouts,
      (select count(*) from checkout where paid_at is not null)::int as "paid an order",
      (select count(*) from checkout where captured > 0 and checkout.paid_at is null)::int as "paid too late",
      (select count(*) from card_refund where state = 'done')::int as "card refunds",
      (select coalesce(sum(captured), 0) from checkout)::int as captured,
      (select coalesce(sum(refunded), 0) from checkout)::int as refunded,
      (select coalesce(sum(price), 0) from booking join app_order on app_order.id = order_id
        where app_order.state = 'paid' and booking.is_live)::int as "sold by card",
      (select coalesce(sum(balance), 0) from points)::int as "left in wallets",
      (select count(*) from checkout left join app_order on app_order.id = order_id
        where captured > refunded and (checkout.paid_at is null or app_order.state <> 'paid'))::int
        as "captured without seat or refund",
      (select count(*) from seat where state = 'sold' and not exists (
        select from booking join checkout on checkout.order_id = booking.order_id
        where booking.seat_id = seat.id and booking.is_live and checkout.paid_at is not null
          and checkout.captured - checkout.refunded >= booking.price))::int as "seats without money"`);
  return row ?? {};
}

interface Line {
  kind: string;
  key?: string;
  amount?: number;
}

/**
 * Compares the sandbox's journal with our books, payment by payment.
 * @param journal its text, one JSON object a line
 * @param keyOf the key of a checkout at the provider
 * @returns sums of the journal, and the ids of the checkouts that differ
 */
export async function compareWith(
  journal: string,
  query: Query,
  keyOf: (checkout: { id: number; jobId: string }) => string,
): Promise<{ captured: number; refunded: number; differing: string[] }> {
  const theirs = new Map<string, { captured: number; refunded: number }>();
  for (const text of journal.split('\n').filter(Boolean)) {
    const { kind, key = '', amount = 0 } = JSON.parse(text) as Line;
    if (kind !== 'captured' && kind !== 'refunded') continue;
    const sums = theirs.get(key) ?? { captured: 0, refunded: 0 };
    sums[kind] += amount;
    theirs.set(key, sums);
  }
  const ours = await query<{ id: number; jobId: string; captured: number; refunded: number }>(`
    select id::int, job_id as "jobId", captured::int, refunded::int from checkout order by id`);
  const differing: string[] = [];
  for (const { id, jobId, captured, refunded } of ours) {
    const key = keyOf({ id, jobId });
    const found = theirs.get(key) ?? { captured: 0, refunded: 0 };
    theirs.delete(key);
    const isEqual = found.captured === captured && found.refunded === refunded;
    if (!isEqual) differing.push(`checkout ${id}`);
  }
  const sum = (column: 'captured' | 'refunded') =>
    ours.reduce((total, each) => total + each[column], 0);
  return {
    captured: sum('captured'),
    refunded: sum('refunded'),
    differing: [...differing, ...theirs.keys()],
  };
}
