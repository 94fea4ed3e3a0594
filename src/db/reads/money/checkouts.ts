/** Reads card payments. */
import DataLoader from 'dataloader';
import type { CheckoutResource } from '../../../commands/schemas/checkouts.ts';
import type { Database } from '../../connection/orm.ts';
import { rowsOf } from '../../connection/pipeline.ts';
import { anyOf, db, type Given, rareStatement, statement } from '../../statement.ts';

export interface FoundCheckout {
  checkout: CheckoutResource;
  /** Its user. */
  subject: string;
  /** The command that began it; its key at the provider is derived from it. */
  jobId: string;
}

/**
 * Reads checkouts by id. Concurrent reads share one query: all buyers whose page is being opened ask each second.
 * @throws Error when PostgreSQL cannot be reached
 */
export class CheckoutReader {
  readonly #loader: DataLoader<number, FoundCheckout | undefined>;

  constructor(orm: Database) {
    this.#loader = new DataLoader((ids) => findCheckouts(orm, ids), {
      cache: false,
      batchScheduleFn: (run) => setImmediate(run),
    });
  }

  find(checkoutId: number): Promise<FoundCheckout | undefined> {
    return this.#loader.load(checkoutId);
  }
}

const checkoutsOf = statement('checkouts', ({ ids }: Given<{ ids: readonly number[] }>) =>
  db
    .selectFrom('checkout')
    .innerJoin('app_user', 'app_user.id', 'user_id')
    .select([
      'checkout.id',
      'order_id as orderId',
      'provider',
      'amount',
      'currency',
      'state',
      'redirect_url as redirectUrl',
      'expires_at as expiresAt',
      'checkout.created_at as createdAt',
      'job_id as jobId',
      'subject',
    ])
    .where('checkout.id', '=', anyOf(ids)),
);

async function findCheckouts(
  orm: Database,
  ids: readonly number[],
): Promise<(FoundCheckout | undefined)[]> {
  const rows = await rowsOf(orm, checkoutsOf({ ids }));
  const byId = new Map(
    rows.map(({ subject, jobId, provider, expiresAt, createdAt, ...row }) => [
      row.id,
      {
        subject,
        jobId,
        checkout: {
          ...row,
          provider: provider as CheckoutResource['provider'],
          expiresAt: expiresAt.toISOString(),
          createdAt: createdAt.toISOString(),
        },
      },
    ]),
  );
  return ids.map((id) => byId.get(id));
}

const jobOfRefund = rareStatement(({ refundId }: Given<{ refundId: number }>) =>
  db
    .selectFrom('card_refund')
    .select(['checkout_id as checkoutId', 'job_id as jobId'])
    .where('id', '=', refundId),
);

/** The checkout of a card refund, and the command that owed it; its keys at the provider are derived from it. */
export async function findRefundJob(
  orm: Database,
  refundId: number,
): Promise<{ checkoutId: number; jobId: string } | undefined> {
  const [row] = await rowsOf(orm, jobOfRefund({ refundId }));
  return row;
}
