/** Order routes: place an order, pay for it, cancel it, read orders. */
import { z } from 'zod';
import { cancelOrder } from '../../commands/orders/cancel-order.ts';
import {
  cancelOrderAsOperator,
  operatorReason,
} from '../../commands/orders/cancel-order-as-operator.ts';
import { payOrder } from '../../commands/orders/pay-order.ts';
import { placeOrder } from '../../commands/orders/place-order.ts';
import { ORDER_STATES, order } from '../../commands/schemas/resources.ts';
import type { Database } from '../../db/connection/orm.ts';
import { findOrder, listOrders } from '../../db/reads/orders.ts';
import { acceptCommand, type JobDeps } from '../jobs/accept-command.ts';
import { accepted, commandRoute } from '../jobs/command-route.ts';
import { Problem } from '../problems/problems.ts';
import { fromTimedCursor, pageQuery, timeQuery, toTimedPage } from '../reads/pagination.ts';
import { pathId } from '../request.ts';
import { respondJson } from '../respond.ts';
import { defineRoute, type Route } from '../route.ts';
import { pageOf } from './shared-responses.ts';

const orderParams = z.object({ orderId: pathId });

export function orderRoutes(deps: JobDeps & { orm: Database }): Route[] {
  return [
    commandRoute(deps, {
      command: placeOrder,
      method: 'post',
      path: '/orders',
      operationId: 'placeOrder',
      tag: 'orders',
      summary:
        'Hold places as one order, all or none: specific seats, the best adjacent ones, places of areas',
      access: 'user',
      isQueued: true,
      body: placeOrder.input,
      problems: [
        'SCHEDULE_NOT_FOUND',
        'SCHEDULE_CANCELLED',
        'SALE_CLOSED',
        'SEAT_NOT_FOUND',
        'AREA_NOT_FOUND',
        'BOOKING_NOT_STARTED',
        'BOOKING_CLOSED',
        'SEAT_ALREADY_SOLD',
        'AREA_SOLD_OUT',
        'SEAT_ALREADY_HELD',
        'AREA_HELD',
        'NO_ADJACENT_SEATS',
        'SEAT_RESERVED',
        'COMPANION_ALONE',
        'SEAT_LIMIT_REACHED',
      ],
    }),
    defineRoute({
      method: 'get',
      path: '/orders',
      operationId: 'listOrders',
      tag: 'orders',
      summary: 'List your orders with their bookings, newest first',
      access: 'user',
      query: z.strictObject({
        ...pageQuery,
        state: z.enum(ORDER_STATES).optional(),
        ...timeQuery('Orders placed'),
      }),
      response: { status: 200, schema: pageOf(order), description: 'A page of orders.' },
      async handle({ caller: { subject }, query: { limit, cursor, ...filter } }) {
        const before = fromTimedCursor(cursor);
        const found = await listOrders(deps.orm, { subject, ...filter, before, limit });
        return respondJson(toTimedPage(found, limit));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/orders/{orderId}',
      operationId: 'getOrder',
      tag: 'orders',
      summary: 'Get one of your orders',
      access: 'user',
      params: orderParams,
      response: { status: 200, schema: order, description: 'The order with its bookings.' },
      problems: ['ORDER_NOT_FOUND'],
      async handle({ caller: { subject }, params: { orderId } }) {
        const found = await findOrder(deps.orm, { subject, orderId });
        if (found) return respondJson(found);
        throw new Problem('ORDER_NOT_FOUND', { detail: `You have no order ${orderId}.` });
      },
    }),
    commandRoute(deps, {
      command: payOrder,
      method: 'post',
      path: '/orders/{orderId}/pay',
      operationId: 'payOrder',
      tag: 'orders',
      summary: 'Pay a held order with points, as a whole',
      access: 'user',
      isQueued: true,
      acceptsEndedToken: true,
      params: orderParams,
      problems: [
        'ORDER_NOT_FOUND',
        'NOT_ORDER_OWNER',
        'SCHEDULE_CANCELLED',
        'PAYMENT_ALREADY_PROCESSED',
        'ORDER_CANCELLED',
        'HOLD_EXPIRED',
        'INSUFFICIENT_POINTS',
      ],
    }),
    defineRoute({
      method: 'delete',
      path: '/orders/{orderId}',
      operationId: 'cancelOrder',
      tag: 'orders',
      summary: 'Cancel an order; a paid order is refunded as a whole',
      access: 'user',
      description:
        'An operator who gives a reason cancels the order of any user, also after the deadline. The operators’ log shows it.',
      params: orderParams,
      body: z.strictObject({ reason: operatorReason.optional() }),
      response: accepted,
      outcome: cancelOrder.result,
      problems: [
        'ORDER_NOT_FOUND',
        'NOT_ORDER_OWNER',
        'ORDER_CANCELLED',
        'HOLD_EXPIRED',
        'TICKET_ALREADY_USED',
        'CANCELLATION_CLOSED',
        'FORBIDDEN',
      ],
      handle(request) {
        const { params: input, body, caller } = request;
        const { reason } = body;
        if (reason === undefined) {
          return acceptCommand(deps, { ...request, command: cancelOrder, input });
        }
        if (!caller.isAdmin) {
          throw new Problem('FORBIDDEN', { detail: 'Only operators cancel with a `reason`.' });
        }
        const command = cancelOrderAsOperator;
        return acceptCommand(deps, { ...request, command, input: { ...input, reason } });
      },
    }),
  ];
}
