/** What a simulated customer does with paid orders: has their tickets scanned, and returns some of them before or after that. */
import { Buyer } from './buyer.ts';
import type { Held } from './shop.ts';

/** How long those who return a ticket think about it. */
const REGRET_MS = 4000;

export class Guest extends Buyer {
  /** Many have their tickets at hand as soon as they have paid. */
  protected async onPaid(own: Held): Promise<void> {
    if (this.random.isTrue(0.4)) await this.#show(own);
  }

  /** Has the tickets of an order come to the entrance. */
  protected async showTickets(): Promise<void> {
    const own = this.own();
    if (own) await this.#show(own);
  }

  /** Some try to enter and to have the money back. */
  async #show(own: Held): Promise<void> {
    const { status, body } = await this.get(`/orders/${own.orderId}/tickets`);
    if (status !== 200) return;
    for (const { code } of body.items) {
      this.shop.codes.add({ scheduleId: own.scheduleId, code });
    }
    if (body.items.length === 0 || !this.random.isTrue(0.4)) return;
    await this.pause(this.random.next() * REGRET_MS);
    if (this.shop.isClosing()) return;
    if (this.random.isTrue(0.3)) await this.command('DELETE', `/orders/${own.orderId}`);
    else for (const _ of own.bookingIds) await this.cancelPlace(own);
  }
}
