/** Reads from our own rows where the money of card payments is. */
import { type Kysely, sql } from 'kysely';
import { CHECKOUT_SUMS } from '../audit/checkout-sums.ts';

/** Amounts in minor units of the currency. */
export interface Sums {
  currency: string;
  /** Taken from cards. */
  captured: number;
  /** Back at the cards, or paid back outside this system. */
  refunded: number;
  /** Refunds that are pending or have failed. */
  onItsWay: number;
  /** In the points of users, and not of a sold order. */
  credited: number;
  /** What the orders that were paid by card still cost. */
  sold: number;
  /** What is missing among the four; negative if there is too much. */
  difference: number;
}

export interface CheckoutSums extends Sums {
  id: number;
}

const PAGE = 1000;
const NAMES = ['captured', 'refunded', 'on_its_way', 'credited', 'sold', 'difference'] as const;

/** PostgreSQL's sums are texts. */
type Row = { id: string; currency: string } & Record<(typeof NAMES)[number], string>;

function sumsOf({ currency, on_its_way, ...row }: Omit<Row, 'id'>): Sums {
  return {
    currency,
    captured: Number(row.captured),
    refunded: Number(row.refunded),
    onItsWay: Number(on_its_way),
    credited: Number(row.credited),
    sold: Number(row.sold),
    difference: Number(row.difference),
  };
}

/** @returns one row a currency, in their alphabetical order */
export async function sumsByCurrency(db: Kysely<unknown>): Promise<Sums[]> {
  const summed = NAMES.map((name) => `sum(${name}) as ${name}`).join(', ');
  const { rows } = await sql<Row>`
    select currency, ${sql.raw(summed)} from (${sql.raw(CHECKOUT_SUMS)}) each_checkout
    group by currency order by currency`.execute(db);
  return rows.map(sumsOf);
}

/** The checkouts whose captured amount is not where it should be, in the order of their ids. */
export async function* differingCheckouts(db: Kysely<unknown>): AsyncGenerator<CheckoutSums> {
  for (let after = 0; ; ) {
    const { rows } = await sql<Row>`
      select * from (${sql.raw(CHECKOUT_SUMS)}) each_checkout
      where id > ${after} and difference <> 0 order by id limit ${PAGE}`.execute(db);
    for (const row of rows) yield { id: Number(row.id), ...sumsOf(row) };
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return;
    after = Number(last.id);
  }
}
