/** Compares our checkouts with the payments of their providers. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import type { ProviderName } from '../../src/commands/schemas/checkouts.ts';
import { checkoutKey } from '../../src/lanes/payment-keys.ts';
import {
  CallRefused,
  type FoundPayment,
  type Provider,
} from '../../workers/outbox/payments/provider.ts';

export interface Compared {
  checkoutId: number;
  /** What differs, as a sentence; undefined if nothing does. */
  difference: string | undefined;
}

export interface Comparison {
  providers: ReadonlyMap<ProviderName, Provider>;
  /** Checkouts that began earlier are left out. */
  since: Date;
  /** The wait before the first further try of a request, in ms; each one is twice as long. */
  firstRetryMs?: number;
}

/** What is compared of a checkout. Amounts in minor units. */
interface Row {
  id: number;
  jobId: string;
  provider: string;
  ref: string;
  currency: string;
  /** Whether it is not over: the provider may know more. */
  isLive: boolean;
  captured: number;
  /** The sum of refunds that are done. */
  done: number;
  /** The sum of refunds of which the provider may have heard: pending ones, and those paid back elsewhere. */
  perhaps: number;
}

const PAGE = 200;
/** Requests at once: providers limit them to about a hundred a second. */
const AT_ONCE = 10;
const TRIES_MAX = 5;
const FIRST_RETRY_MS = 1000;
const TIMEOUT_MS = 20_000;

/** Reads the checkouts in pages of their ids and asks their providers. */
export async function* compareWithProviders(
  db: Kysely<unknown>,
  comparison: Comparison,
): AsyncGenerator<Compared> {
  for (let after = 0; ; ) {
    const rows = await pageOf(db, after, comparison.since);
    for (let from = 0; from < rows.length; from += AT_ONCE) {
      const compared = rows.slice(from, from + AT_ONCE).map((row) => compare(db, row, comparison));
      yield* await Promise.all(compared);
    }
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return;
    after = last.id;
  }
}

/** Looks twice at what differs, because money may move between the two reads. */
async function compare(db: Kysely<unknown>, row: Row, comparison: Comparison): Promise<Compared> {
  const { id: checkoutId } = row;
  const first = await differenceOf(row, comparison);
  if (first === undefined) return { checkoutId, difference: undefined };
  const [again] = await read(db, sql`id = ${checkoutId}`, 1);
  return { checkoutId, difference: again && (await differenceOf(again, comparison)) };
}

async function differenceOf(row: Row, comparison: Comparison): Promise<string | undefined> {
  const provider = comparison.providers.get(row.provider as ProviderName);
  if (!provider) {
    return `was not compared: the settings do not switch the provider ${row.provider} on`;
  }
  const found = await findPatiently(provider, row, comparison.firstRetryMs ?? FIRST_RETRY_MS);
  return found instanceof CallRefused ? withoutPayment(row, found) : withPayment(row, found);
}

function withoutPayment({ captured, ref }: Row, { message }: CallRefused): string | undefined {
  // A page that took no money may be forgotten.
  if (captured === 0) return undefined;
  return `captured ${captured} here, but the provider does not know ${ref} (${message})`;
}

function withPayment(row: Row, found: FoundPayment): string | undefined {
  const { id, jobId, ref, currency, isLive, captured, done, perhaps } = row;
  if (found.key !== checkoutKey({ id, jobId })) {
    return `the payment ${ref} is of another checkout, with the key ${found.key}`;
  }
  if (found.currency !== currency) return `is in ${currency} here, in ${found.currency} there`;
  if (isLive) return undefined;
  if (found.captured !== captured) {
    return `captured ${captured} ${currency} here, ${found.captured} there`;
  }
  if (found.refunded >= done && found.refunded <= done + perhaps) return undefined;
  return `refunded ${done} ${currency} here, ${found.refunded} there`;
}

/** @throws the error of the provider if it does not answer in five tries */
async function findPatiently(
  provider: Provider,
  { ref }: Row,
  firstRetryMs: number,
): Promise<FoundPayment | CallRefused> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await provider.find(ref, AbortSignal.timeout(TIMEOUT_MS));
    } catch (error) {
      if (error instanceof CallRefused) return error;
      if (tries === TRIES_MAX) throw error;
      await sleep(firstRetryMs * 2 ** (tries - 1));
    }
  }
}

const pageOf = (db: Kysely<unknown>, after: number, since: Date) =>
  read(db, sql`id > ${after} and created_at >= ${since}`, PAGE);

/** A checkout without the provider's id of its payment has captured nothing that we know of. */
async function read(
  db: Kysely<unknown>,
  which: ReturnType<typeof sql>,
  limit: number,
): Promise<Row[]> {
  const { rows } = await sql<{ [Name in keyof Row]: Row[Name] | string }>`
    select id, job_id as "jobId", provider, provider_ref as ref, currency, look_at is not null as "isLive", captured,
      coalesce(done, 0) as done, coalesce(perhaps, 0) as perhaps
    from checkout
    cross join lateral (
      select sum(amount) filter (where state = 'done') as done,
        sum(amount) filter (where state in ('pending', 'elsewhere')) as perhaps
      from card_refund where checkout_id = checkout.id
    ) refunds
    where provider_ref is not null and ${which} order by id limit ${limit}`.execute(db);
  return rows.map((row) => ({
    ...(row as Row),
    id: Number(row.id),
    captured: Number(row.captured),
    done: Number(row.done),
    perhaps: Number(row.perhaps),
  }));
}
