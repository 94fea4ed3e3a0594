/** A simulated fan: enters the queue of a draw before, while or after users gather, and leaves it once admitted. */
import { clock } from '../host/clock.ts';
import { Client } from './client.ts';
import type { AnnouncedDraw } from './shop.ts';

const LOOK_MS = 800;
/** Fans come up to so long before users gather, and after the draw. */
const EARLY_MS = 1500;
const LATE_MS = 4000;

export class Fan extends Client {
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
      if (status !== 200 || body.state !== 'waiting') break;
      await this.pause(this.random.next() * 2 * LOOK_MS);
      if (this.random.isTrue(0.02)) break;
    }
    if (!this.shop.isClosing()) await this.command('DELETE', path);
  }
}
