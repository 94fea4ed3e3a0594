/** Routes of card payments: begin to pay an order or to buy points, and see what became of it. */
import { z } from 'zod';
import { returnUrl, startCheckout } from '../../../commands/money/start-checkout.ts';
import { startTopUp } from '../../../commands/money/start-top-up.ts';
import { CHARGE_MAX } from '../../../commands/points/charge-points.ts';
import { checkout } from '../../../commands/schemas/checkouts.ts';
import type { JobDeps } from '../../jobs/accept-command.ts';
import { commandRoute } from '../../jobs/command-route.ts';
import type { Payments } from '../../payments/payments.ts';
import { Problem } from '../../problems/problems.ts';
import { pathId } from '../../request.ts';
import { respondJson } from '../../respond.ts';
import { defineRoute, type Route } from '../../route.ts';

/** Any text, so that the name of an unknown provider gets the code PROVIDER_NOT_FOUND. */
const provider = z
  .string()
  .min(1)
  .max(100)
  .optional()
  .meta({ description: '`sandbox` or `stripe`; by default the one that is on.' });

const byCard = {
  returnUrl: returnUrl.meta({
    description:
      'Where the payment page sends the buyer, with `checkoutId` added to the query. Its origin must be in RETURN_ORIGINS.',
  }),
  provider,
};

const AFTERWARDS =
  'The result is `opening`: read the checkout with `Prefer: wait=N` for the address of its payment page (`redirectUrl`).';

export interface CheckoutRouteDeps extends JobDeps {
  payments: Payments;
}

export function checkoutRoutes(deps: CheckoutRouteDeps): Route[] {
  return [
    commandRoute(deps, {
      command: startCheckout,
      method: 'post',
      path: '/orders/{orderId}/checkout',
      operationId: 'startCheckout',
      tag: 'payments',
      summary: 'Begin to pay a held order by card',
      description: `${AFTERWARDS} The order is held as long as its first page is open.`,
      access: 'user',
      isQueued: true,
      acceptsEndedToken: true,
      params: z.object({ orderId: pathId }),
      body: z.strictObject(byCard),
      problems: [
        'ORDER_NOT_FOUND',
        'NOT_ORDER_OWNER',
        'SCHEDULE_CANCELLED',
        'PAYMENT_ALREADY_PROCESSED',
        'ORDER_CANCELLED',
        'HOLD_EXPIRED',
        'CHECKOUT_OPEN',
        'NOTHING_TO_PAY',
        'BOOKING_CLOSED',
        'CHECKOUT_LIMIT_REACHED',
        'PROVIDER_NOT_FOUND',
      ],
      inputOf: ({ params, body, refusal }) => ({ ...params, ...choicesOf(deps, body, refusal) }),
    }),
    commandRoute(deps, {
      command: startTopUp,
      method: 'post',
      path: '/points/checkout',
      operationId: 'startTopUp',
      tag: 'payments',
      summary: 'Begin to buy points by card',
      description: AFTERWARDS,
      access: 'user',
      body: z.strictObject({ amount: z.int().min(1).max(CHARGE_MAX), ...byCard }),
      problems: ['CHECKOUT_LIMIT_REACHED', 'PROVIDER_NOT_FOUND'],
      inputOf: ({ body: { amount, ...body } }) => ({ amount, ...choicesOf(deps, body) }),
    }),
    defineRoute({
      method: 'get',
      path: '/checkouts/{checkoutId}',
      operationId: 'getCheckout',
      reads: 'Prefer',
      tag: 'payments',
      summary: 'Get one of your card payments',
      description: 'With `Prefer: wait=N` the response waits until the state is not `opening`.',
      access: 'user',
      params: z.object({ checkoutId: pathId }),
      response: {
        status: 200,
        schema: checkout,
        description: 'The checkout.',
        headers: ['Preference-Applied', 'Retry-After'],
      },
      problems: ['CHECKOUT_NOT_FOUND'],
      async handle({ c, caller: { subject }, params: { checkoutId }, requestContext }) {
        const { checkouts, waits } = deps.payments;
        const first = await checkouts.find(checkoutId);
        if (first?.subject !== subject) {
          throw new Problem('CHECKOUT_NOT_FOUND', {
            detail: `You have no checkout ${checkoutId}.`,
          });
        }
        const wait = deps.waits.open(c, subject, requestContext);
        const found = await waits.untilOpened(first, wait).finally(() => wait.end());
        const headers = {
          ...(wait.isGranted && { 'Preference-Applied': 'wait' }),
          ...(found.checkout.state === 'opening' && { 'Retry-After': '1' }),
        };
        return respondJson(found.checkout, { headers });
      },
    }),
  ];
}

/** @throws Problem PROVIDER_NOT_FOUND or VALIDATION_FAILED; `refusal` instead, if the queue token is not valid any more */
function choicesOf(
  { payments }: CheckoutRouteDeps,
  body: { returnUrl: string; provider?: string | undefined },
  refusal?: Problem,
) {
  try {
    const provider = payments.providerFor(body.provider);
    return { returnUrl: payments.returnUrl(body.returnUrl), provider };
  } catch (error) {
    throw refusal ?? error;
  }
}
