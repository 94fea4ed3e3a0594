/** Finds payments at a provider of which our database knows nothing: a failover of PostgreSQL can lose a checkout. */
import { type Kysely, sql } from 'kysely';
import { checkoutKey } from '../../src/lanes/payment-keys.ts';
import type { CapturedPayment } from './payment-lists.ts';

interface Known {
  id: string;
  jobId: string;
  provider: string;
  ref: string | null;
  isLive: boolean;
}

const PAGE = 500;

/** @yields a sentence for each payment that no checkout has */
export async function* unknownPayments(
  db: Kysely<unknown>,
  provider: string,
  payments: AsyncIterable<CapturedPayment>,
): AsyncGenerator<string> {
  let page: CapturedPayment[] = [];
  for await (const payment of payments) {
    page.push(payment);
    if (page.length < PAGE) continue;
    yield* unknownOf(db, provider, page);
    page = [];
  }
  yield* unknownOf(db, provider, page);
}

async function* unknownOf(
  db: Kysely<unknown>,
  provider: string,
  payments: readonly CapturedPayment[],
): AsyncGenerator<string> {
  const ids = payments.map(({ checkoutId }) => checkoutId);
  const { rows } = await sql<Known>`
    select id, job_id as "jobId", provider, provider_ref as ref, look_at is not null as "isLive"
    from checkout where id = any (${ids}::bigint[])`.execute(db);
  const known = new Map(rows.map((row) => [Number(row.id), row]));
  for (const { ref, key, checkoutId, captured, currency } of payments) {
    const row = known.get(checkoutId);
    const isSame =
      row?.provider === provider && checkoutKey({ id: checkoutId, jobId: row.jobId }) === key;
    const money = `payment ${ref} of ${captured} ${currency} at ${provider}, with the key ${key}`;
    if (!isSame) yield `${money}: there is no such checkout here`;
    // With its reference the checkout itself was compared.
    else if (row.ref !== null && row.ref !== ref)
      yield `${money}: checkout ${checkoutId} has the payment ${row.ref} instead`;
    else if (row.ref === null && !row.isLive)
      yield `${money}: checkout ${checkoutId} knows nothing of it`;
  }
}
