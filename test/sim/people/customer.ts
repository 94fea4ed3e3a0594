/** Simulated customers: they enter the queue, charge and use points, and buy. */
import { LONG_MS } from './buyer.ts';
import { Guest } from './guest.ts';

/** Customers think up to this long. */
const THINK_MS = 400;

export class Customer extends Guest {
  /** Shops until the shop closes; then ends the request in flight. */
  live(): Promise<void> {
    return this.run(async () => {
      await this.#charge();
      while (!this.shop.isClosing()) {
        await this.#act();
        await this.pause(this.random.next() * (this.random.isTrue(0.02) ? LONG_MS : THINK_MS));
      }
    });
  }

  #act(): Promise<unknown> {
    if (this.queueToken === undefined) return this.#enter();
    return this.random.weighted<() => Promise<unknown>>([
      [9, () => this.#charge()],
      [6, () => this.#use()],
      [26, () => this.bookSeat()],
      [20, () => this.order()],
      [16, () => this.pay()],
      [11, () => this.payByCard()],
      [2, () => this.topUp()],
      [14, () => this.cancel()],
      [7, () => this.meddle()],
      [6, () => this.useKeyTwice()],
      [10, () => this.bookLate()],
      [5, () => this.showTickets()],
      [3, () => this.#leave()],
      [3, () => this.#enter()],
    ])();
  }

  #charge(): Promise<unknown> {
    return this.command('POST', '/points/charge', { amount: 1 + this.random.below(300) });
  }

  /** Sometimes all that they have. */
  async #use(): Promise<void> {
    const isAll = this.random.isTrue(0.3);
    const balance = isAll ? (await this.get('/points')).body.balance : 0;
    const amount = balance || 1 + this.random.below(120);
    await this.command('POST', '/points/use', { amount });
  }

  async #leave(): Promise<void> {
    await this.command('DELETE', '/users/queue');
    this.queueToken = undefined;
  }

  /** Enters, and polls until it is admitted; sometimes it stops polling. */
  async #enter(): Promise<void> {
    await this.command('POST', '/users/queue');
    while (!this.shop.isClosing()) {
      const { status, body } = await this.get('/users/queue');
      if (status !== 200) return;
      if (body.queueToken) this.queueToken = body.queueToken;
      if (body.state !== 'waiting') return;
      await this.pause(this.random.isTrue(0.02) ? LONG_MS : 300 + this.random.below(1000));
    }
  }
}
