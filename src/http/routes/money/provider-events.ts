/** The route of payment providers' events. */
import { z } from 'zod';
import type { Payments } from '../../payments/payments.ts';
import { respondJson } from '../../respond.ts';
import { defineRoute, type Route } from '../../route.ts';

/** Events of Stripe have up to 100 KiB. */
const EVENT_BYTES_MAX = 256 * 1024;

export function providerEventRoutes(deps: { payments: Payments }): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/payments/{provider}/events',
      operationId: 'receiveProviderEvent',
      tag: 'payments',
      summary: 'Receive an event of a payment provider',
      description:
        'For payment providers only, who sign their events. An event is acknowledged once it is enqueued; any other response has the provider repeat it.',
      access: 'open',
      params: z.object({ provider: z.string().max(100) }),
      hasRawBody: true,
      admitBody: (c, { provider }) => deps.payments.eventBodies.admit(provider, c),
      bodyBytesMax: EVENT_BYTES_MAX,
      response: {
        status: 200,
        schema: z.object({ received: z.literal(true) }),
        description: 'The event is enqueued, or needs nothing.',
      },
      problems: ['PROVIDER_NOT_FOUND', 'PROVIDER_SIGNATURE_INVALID', 'LANE_FULL'],
      async handle({ c, params: { provider }, rawBody }) {
        await deps.payments.events.accept({ provider, rawBody, headers: c.req.raw.headers });
        return respondJson({ received: true });
      },
    }),
  ];
}
