/** What a simulated customer does with orders: holds places, pays with points or by card, and cancels. */
import { clock } from '../host/clock.ts';
import { payOnPage } from '../provider/page.ts';
import { Client, type Given } from './client.ts';
import type { Held, Performance } from './shop.ts';

/** Some people hesitate for long, so that what they hold runs out. */
export const LONG_MS = 60_000;
/** On the payment page they think up to this long. */
const PAGE_MS = 400;
/** How close to the end of their session some customers book, and how long they wait for that. */
const LATE_MS = 300;
const LATE_MS_MAX = 6000;
/** How many of their last orders customers remember. */
const OWN_MAX = 6;
/** How often a customer looks for the payment page, and then for the payment. */
const LOOKS_MAX = 6;
/** How many orders ask for accessible seats. */
const ASKING_SHARE = 0.3;
/** How many ask for what is sold in another queue than theirs. */
export const STRAY_SHARE = 0.04;
const RETURN_URL = 'http://shop.sim/thanks';

export abstract class Buyer extends Client {
  readonly #held: Held[] = [];

  /** Called with an order that was just paid. */
  protected abstract onPaid(own: Held): Promise<void>;

  protected async bookSeat(): Promise<void> {
    const { method, path, scheduleId } = this.#seatWish();
    const result = await this.command(method, path);
    if (!result) return;
    this.#note({ scheduleId, orderId: result.orderId, bookingIds: [result.id] });
    await this.#goOn();
  }

  #seatWish(): Given & { scheduleId: number } {
    const { seatIds, scheduleId } = this.choose();
    const path = `/concerts/seats/${this.random.of(seatIds)}/book`;
    return { method: 'POST', path, scheduleId };
  }

  /** Books in the last moment of the session: any place that is left. */
  protected async bookLate(): Promise<void> {
    const { status, body } = await this.get('/users/queue');
    if (status !== 200 || body.state !== 'active') return;
    const left = Date.parse(body.expiresAt) - clock.now;
    if (left > LATE_MS_MAX) return;
    await this.pause(left - this.random.next() * LATE_MS);
    const { scheduleId } = this.choose();
    await this.#place(scheduleId, { bestAvailable: { quantity: 1 } });
  }

  protected async order(): Promise<void> {
    const { seatIds, areaIds, scheduleId } = this.choose();
    const seats = [...new Set([this.random.of(seatIds), this.random.of(seatIds)])];
    const areas = [{ areaId: this.random.of(areaIds), quantity: 1 + this.random.below(2) }];
    const places = this.random.of<object>([
      { seatIds: seats },
      { areas },
      { seatIds: seats.slice(0, 1), areas },
      { bestAvailable: { quantity: 2 } },
    ]);
    const isAsking = this.random.isTrue(ASKING_SHARE);
    await this.#place(scheduleId, { ...places, ...(isAsking && { accessible: true }) });
  }

  async #place(scheduleId: number, places: object): Promise<void> {
    const result = await this.command('POST', '/orders', { scheduleId, ...places });
    if (!result) return;
    const bookingIds = result.bookings.map(({ id }: { id: number }) => id);
    this.#note({ scheduleId, orderId: result.id, bookingIds });
    await this.#goOn();
  }

  /** Many pay at once what they have got. */
  async #goOn(): Promise<void> {
    if (this.random.isTrue(0.3)) return this.pay();
    if (this.random.isTrue(0.3)) await this.payByCard();
  }

  #note(held: Held): void {
    this.#held.push(held);
    if (this.#held.length > OWN_MAX) this.#held.shift();
    this.shop.orders.add(held);
  }

  /** Mostly the newest. */
  protected own(): Held | undefined {
    if (this.#held.length === 0) return undefined;
    return this.random.isTrue(0.75) ? this.#held.at(-1) : this.random.of(this.#held);
  }

  protected async pay(): Promise<void> {
    const own = this.own();
    if (!own) return;
    const { orderId, bookingIds } = own;
    const path = this.random.isTrue(bookingIds.length === 1 ? 0.5 : 0.15)
      ? `/concerts/bookings/${this.random.of(bookingIds)}/pay`
      : `/orders/${orderId}/pay`;
    if (await this.command('POST', path)) await this.onPaid(own);
  }

  #checkout(orderId: number): Promise<any> {
    return this.command('POST', `/orders/${orderId}/checkout`, { returnUrl: RETURN_URL });
  }

  protected async payByCard(): Promise<void> {
    const own = this.own();
    if (!own) return;
    const checkout = await this.#checkout(own.orderId);
    if (!checkout) return;
    const state = await this.#visitPage(checkout.id, own);
    const again = state === 'failed' && (await this.#checkout(own.orderId));
    const last = again ? await this.#visitPage(again.id, own) : state;
    if (last === 'paid') await this.onPaid(own);
  }

  protected async topUp(): Promise<void> {
    const body = { amount: 1 + this.random.below(200), returnUrl: RETURN_URL };
    const checkout = await this.command('POST', '/points/checkout', body);
    if (checkout) await this.#visitPage(checkout.id);
  }

  /**
   * Waits for the payment page, does something there, and looks whether the payment has arrived. Some cancel a place meanwhile.
   * @returns what has become of it
   */
  async #visitPage(checkoutId: number, own?: Held): Promise<string | undefined> {
    const path = `/checkouts/${checkoutId}`;
    let isDone = false;
    for (let looks = 0; looks < LOOKS_MAX && !this.shop.isClosing(); looks += 1) {
      const { body } = await this.get(path, { Prefer: 'wait=5' });
      if (body.state !== 'opening' && body.state !== 'open') return body.state;
      if (own && this.random.isTrue(0.1)) await this.cancelPlace(own);
      if (!isDone && body.redirectUrl) {
        isDone = true;
        await this.pause(this.random.next() * (this.random.isTrue(0.1) ? LONG_MS : PAGE_MS));
        await payOnPage(body.redirectUrl, this.random);
      }
      await this.pause(this.random.next() * 1000);
    }
    return undefined;
  }

  protected async cancelPlace({ bookingIds }: Held): Promise<void> {
    await this.command('DELETE', `/concerts/bookings/${this.random.of(bookingIds)}`);
  }

  protected async cancel(): Promise<void> {
    const own = this.own();
    if (!own) return;
    const path = this.random.isTrue(0.5)
      ? `/concerts/bookings/${this.random.of(own.bookingIds)}`
      : `/orders/${own.orderId}`;
    const result = await this.command('DELETE', path);
    const isWhole = path.startsWith('/orders/') || own.bookingIds.length === 1;
    if (!result) return;
    if (!isWhole && this.random.isTrue(0.5)) await this.cancelPlace(own);
    if (isWhole && this.random.isTrue(0.8)) this.#held.splice(this.#held.indexOf(own), 1);
  }

  /** Most want the newest performance; some one that their queue does not sell. */
  protected choose(): Performance {
    const { performances, draw } = this.shop;
    if (draw && this.random.isTrue(STRAY_SHARE)) return draw.performance;
    const newest = performances.at(-1) as Performance;
    return this.random.isTrue(0.7) ? newest : this.random.of(performances.slice(-3));
  }

  /** What belongs to somebody else, mostly. */
  protected async meddle(): Promise<void> {
    const { items } = this.shop.orders;
    if (items.length === 0) return;
    const { orderId, bookingIds } = this.random.of(items);
    const bookingId = this.random.of(bookingIds);
    await this.random.of([
      () => this.command('POST', `/orders/${orderId}/pay`),
      () => this.command('POST', `/concerts/bookings/${bookingId}/pay`),
      () => this.command('DELETE', `/orders/${orderId}`),
      () => this.#checkout(orderId),
    ])();
  }

  protected async useKeyTwice(): Promise<void> {
    const body = { amount: 1 + this.random.below(50) };
    const charge = { method: 'POST', path: '/points/charge', body };
    await this.commandsWithOneKey([charge, this.#seatWish()]);
  }
}
