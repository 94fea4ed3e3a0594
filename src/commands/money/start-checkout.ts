/** Begins to pay a held order by card: a checkout, and the call that opens its payment page. The hold lasts as long as the page. */
import { z } from 'zod';
import { byUser, defineCommand } from '../command.ts';
import { checkout, PROVIDERS } from '../schemas/checkouts.ts';
import { id } from '../schemas/resources.ts';

/** The longest address to which a buyer returns. */
export const RETURN_URL_MAX = 2000;

/** An address that the API process has checked against `RETURN_ORIGINS`. */
export const returnUrl = z.url({ protocol: /^https?$/ }).max(RETURN_URL_MAX);

export const startCheckout = defineCommand({
  name: 'start-checkout',
  input: z.strictObject({ orderId: id, returnUrl, provider: z.enum(PROVIDERS) }),
  result: checkout,
  laneKey: byUser,
});
