/** Routes with which operators look at refunds to cards, and deal with those that the provider refuses. */
import { z } from 'zod';
import { endRefund, REFUND_ENDS } from '../../../commands/money/end-refund.ts';
import { retryRefund } from '../../../commands/money/retry-refund.ts';
import { operatorReason } from '../../../commands/orders/cancel-order-as-operator.ts';
import { CARD_REFUND_STATES, cardRefund, PROVIDERS } from '../../../commands/schemas/checkouts.ts';
import { id } from '../../../commands/schemas/resources.ts';
import type { Database } from '../../../db/connection/orm.ts';
import { listCardRefunds } from '../../../db/reads/money/refunds.ts';
import type { JobDeps } from '../../jobs/accept-command.ts';
import { commandRoute } from '../../jobs/command-route.ts';
import { fromCursor, pageQuery, toPage } from '../../reads/pagination.ts';
import { pathId } from '../../request.ts';
import { respondJson } from '../../respond.ts';
import { defineRoute, type Route } from '../../route.ts';
import { pageOf } from '../shared-responses.ts';

const params = z.object({ refundId: pathId });

/** A refund as operators see it. */
export const listedRefund = cardRefund
  .extend({
    subject: z.string().meta({ description: 'The user.' }),
    provider: z.enum(PROVIDERS),
    paymentRef: z.string().nullable().meta({
      description: 'The provider’s id of the payment; null if the provider has not told one.',
    }),
  })
  .meta({ id: 'ListedCardRefund' });

export function refundRoutes(deps: JobDeps & { orm: Database }): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/refunds',
      operationId: 'listRefunds',
      tag: 'operators',
      summary: 'List refunds to cards, newest first',
      access: 'admin',
      query: z.strictObject({ ...pageQuery, state: z.enum(CARD_REFUND_STATES).optional() }),
      response: { status: 200, schema: pageOf(listedRefund), description: 'A page of refunds.' },
      async handle({ query: { limit, cursor, state } }) {
        const before = fromCursor(cursor, z.tuple([id]))?.[0];
        const found = await listCardRefunds(deps.orm, { state, before, limit });
        return respondJson(
          toPage(found, limit, { item: (refund) => refund, key: (refund) => [refund.id] }),
        );
      },
    }),
    commandRoute(deps, {
      command: retryRefund,
      method: 'post',
      path: '/refunds/{refundId}/retry',
      operationId: 'retryRefund',
      tag: 'operators',
      summary: 'Have the provider asked again for a refund that failed',
      access: 'admin',
      params,
      problems: ['REFUND_NOT_FOUND', 'REFUND_NOT_FAILED'],
    }),
    commandRoute(deps, {
      command: endRefund,
      method: 'post',
      path: '/refunds/{refundId}/end',
      operationId: 'endRefund',
      tag: 'operators',
      summary: 'End a refund that failed without the provider',
      description:
        '`points`: the user gets the amount in points. `elsewhere`: it was paid back outside this system. The provider is not asked again.',
      access: 'admin',
      params,
      body: z.strictObject({ as: z.enum(REFUND_ENDS), reason: operatorReason }),
      problems: ['REFUND_NOT_FOUND', 'REFUND_NOT_FAILED'],
    }),
  ];
}
