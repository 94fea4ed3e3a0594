/** Pays by card: orders, and points; and shows what was paid for an order. */

import type { CardPayment } from './api/inputs.ts';
import { type Command, newKey } from './api/outcomes.ts';
import type { Checkout, OrderPayment } from './api/payments.ts';
import type { Order } from './api/resources.ts';
import { CatalogueClient } from './catalogue.ts';
import type { CallOptions, CommandOptions } from './options.ts';
import { backoffMs, retryAfterMs } from './transport/backoff.ts';
import { sleep } from './transport/sleep.ts';

/** The part of the client that pays by card. `Seatlane` extends it. */
export abstract class CardClient extends CatalogueClient {
  /**
   * Begins to pay a held order by card, and waits until its payment page is open: send the buyer to `redirectUrl`. `checkout`
   * shows afterwards whether the order is paid. The order is held as long as its first page is open. Without `redirectUrl` the
   * checkout has failed or expired, and another one can begin; or it is still `opening` at `expiresAt`, because the provider does
   * not answer: no page opens any more. With CHECKOUT_OPEN, `error.problem.checkoutId` names the
   * checkout whose page is still open.
   */
  async checkoutOrder(
    order: Pick<Order, 'id'>,
    payment: CardPayment,
    options: CommandOptions = {},
  ): Promise<Checkout> {
    const path = `/orders/${order.id}/checkout`;
    return this.#begin({ method: 'POST', path, body: payment }, options);
  }

  /** Begins to buy 1 to 10,000,000 points by card, and waits until the payment page is open, at most until `expiresAt`. */
  async topUp(
    amount: number,
    payment: CardPayment,
    options: CommandOptions = {},
  ): Promise<Checkout> {
    const body = { amount, ...payment };
    return this.#begin({ method: 'POST', path: '/points/checkout', body }, options);
  }

  /**
   * One of the user's card payments. While it is `opening`, the API waits for the payment page, at most `waitSeconds`.
   * @throws ApiProblem CHECKOUT_NOT_FOUND, also for another user's checkout
   */
  async checkout(checkoutId: number, options: CallOptions = {}): Promise<Checkout> {
    return (await this.#poll(checkoutId, options)).body;
  }

  /**
   * What the user paid for an order and what was refunded, oldest first.
   * @throws ApiProblem ORDER_NOT_FOUND, also for another user's order
   */
  async orderPayments(orderId: number, options: CallOptions = {}): Promise<OrderPayment[]> {
    const path = `/orders/${orderId}/payments`;
    return (await this.read<{ items: OrderPayment[] }>(path, options)).items;
  }

  /** @throws Unreachable with the command's key, also while the page opens: another key would begin a second payment */
  async #begin(command: Command, options: CommandOptions): Promise<Checkout> {
    const { idempotencyKey = newKey() } = options;
    const keyed = { ...options, idempotencyKey };
    return this.#untilOpened(await this.command<Checkout>(command, keyed), keyed);
  }

  async #untilOpened(begun: Checkout, options: CommandOptions): Promise<Checkout> {
    let checkout = begun;
    // As a duration, because this clock may differ from the API's.
    const end = performance.now() + Date.parse(begun.expiresAt) - Date.parse(begun.createdAt);
    for (let tries = 1; checkout.state === 'opening' && performance.now() < end; tries += 1) {
      const { body, headers } = await this.#poll(checkout.id, options);
      checkout = body;
      // The API applied `Prefer: wait`, so this poll already took its time.
      if (headers.has('preference-applied')) tries = 0;
      else if (checkout.state === 'opening') {
        await sleep(backoffMs(tries, retryAfterMs(headers)), options.signal);
      }
    }
    return checkout;
  }

  #poll(checkoutId: number, { signal, idempotencyKey }: CommandOptions) {
    const { waitSeconds } = this;
    const request = {
      method: 'GET',
      path: `/checkouts/${checkoutId}`,
      signal,
      idempotencyKey,
      waitSeconds,
    } as const;
    return this.retryPolicy.send<Checkout>(request);
  }
}
