/** A simulated fan: enters the queue of a draw before, while or after users gather, and buys what is sold there once admitted. */
import { clock } from '../host/clock.ts';
import { STRAY_SHARE } from './buyer.ts';
import { Guest } from './guest.ts';
import type { AnnouncedDraw, Performance } from './shop.ts';

const LOOK_MS = 800;
/** Fans come up to so long before users gather, and after the draw. */
const EARLY_MS = 1500;
const LATE_MS = 4000;
/** How many things a fan does who was admitted. */
const ACTS_MAX = 6;

export class Fan extends Guest {
  #seen: AnnouncedDraw | undefined;

  live(): Promise<void> {
    return this.run(async () => {
      while (!this.shop.isClosing()) {
        const { draw } = this.shop;
        if (draw && draw !== this.#seen) await this.#takePart(draw);
        await this.pause(this.random.next() * LOOK_MS);
      }
    });
  }

  async #takePart(draw: AnnouncedDraw): Promise<void> {
    this.#seen = draw;
    const begin = draw.gathersAt - EARLY_MS;
    const at = begin + this.random.next() * (draw.opensAt + LATE_MS - begin);
    await this.pause(at - clock.now);
    if (this.shop.isClosing()) return;
    const path = `/queues/${draw.queueId}/entry`;
    await this.command('POST', path);
    while (!this.shop.isClosing()) {
      const { status, body } = await this.get(path);
      if (status === 200 && body.state === 'active') {
        this.queueToken = body.queueToken;
        await this.#buy();
      }
      if (status !== 200 || body.state !== 'waiting') break;
      await this.pause(this.random.next() * 2 * LOOK_MS);
      if (this.random.isTrue(0.02)) break;
    }
    if (!this.shop.isClosing()) await this.command('DELETE', path);
    this.queueToken = undefined;
  }

  async #buy(): Promise<void> {
    await this.command('POST', '/points/charge', { amount: 100 + this.random.below(200) });
    for (let acts = this.random.below(ACTS_MAX); acts > 0 && !this.shop.isClosing(); acts -= 1) {
      if (this.queueToken === undefined) return;
      await this.random.weighted<() => Promise<unknown>>([
        [4, () => this.order()],
        [2, () => this.bookSeat()],
        [2, () => this.pay()],
        [1, () => this.payByCard()],
        [1, () => this.cancel()],
      ])();
    }
  }

  /** What the queue sells, or now and then what is sold in another one. */
  protected override choose(): Performance {
    const { performances } = this.shop;
    if (!this.#seen || this.random.isTrue(STRAY_SHARE)) return this.random.of(performances);
    return this.#seen.performance;
  }
}
