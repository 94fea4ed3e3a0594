/** Lists refunds to cards for operators, newest first. Their statements are not prepared, because operators alone send them. */
import type { CardRefundResource, ProviderName } from '../../../commands/schemas/checkouts.ts';
import type { Database } from '../../connection/orm.ts';
import { rowsOf } from '../../connection/pipeline.ts';
import { db, unprepared } from '../../statement.ts';

/** A refund with what an operator needs to find it at the provider, and its user. */
export interface ListedRefund extends CardRefundResource {
  /** The user. */
  subject: string;
  provider: ProviderName;
  /** The provider's id of the payment; null if it has not told one. */
  paymentRef: string | null;
}

export interface RefundPage {
  state: CardRefundResource['state'] | undefined;
  /** The id of the last refund of the previous page. */
  before: number | undefined;
  limit: number;
}

/** Up to `limit + 1` refunds; the extra one shows that there is a next page. */
export async function listCardRefunds(
  orm: Database,
  { state, before, limit }: RefundPage,
): Promise<ListedRefund[]> {
  let page = db
    .selectFrom('card_refund')
    .selectAll()
    .where('id', '<', before ?? Number.MAX_SAFE_INTEGER)
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (state) page = page.where('state', '=', state);
  const found = await rowsOf(
    orm,
    unprepared(
      db
        .selectFrom(page.as('found'))
        .innerJoin('checkout', 'checkout.id', 'found.checkout_id')
        .innerJoin('app_user', 'app_user.id', 'user_id')
        .select(['found.id', 'checkout.id as checkoutId', 'order_id as orderId'])
        .select(['found.amount', 'currency', 'found.state', 'attempt', 'found.failure'])
        .select(['found.created_at as createdAt', 'ended_at as endedAt'])
        .select(['subject', 'provider', 'checkout.provider_ref as paymentRef'])
        .orderBy('found.id', 'desc'),
    ),
  );
  return found.map(({ createdAt, endedAt, provider, ...refund }) => ({
    ...refund,
    createdAt: createdAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
    provider: provider as ProviderName,
  }));
}
