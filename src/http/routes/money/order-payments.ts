/** The route by which buyers see what they paid for an order, and what goes back to them. */
import { z } from 'zod';
import { orderPayment } from '../../../commands/schemas/order-payments.ts';
import type { Database } from '../../../db/connection/orm.ts';
import { findOrderPayments } from '../../../db/reads/money/order-payments.ts';
import { Problem } from '../../problems/problems.ts';
import { pathId } from '../../request.ts';
import { respondJson } from '../../respond.ts';
import { defineRoute, type Route } from '../../route.ts';

export function orderPaymentRoutes({ orm }: { orm: Database }): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/orders/{orderId}/payments',
      operationId: 'listOrderPayments',
      tag: 'orders',
      summary: 'List what you paid for one of your orders, and what was refunded',
      description: 'Oldest first. An order that is not paid has none.',
      access: 'user',
      params: z.object({ orderId: pathId }),
      response: {
        status: 200,
        schema: z.object({ items: z.array(orderPayment) }),
        description: 'The payment and the refunds, with their ways.',
      },
      problems: ['ORDER_NOT_FOUND'],
      async handle({ caller: { subject }, params: { orderId } }) {
        const items = await findOrderPayments(orm, { subject, orderId });
        if (items) return respondJson({ items });
        throw new Problem('ORDER_NOT_FOUND', { detail: `You have no order ${orderId}.` });
      },
    }),
  ];
}
