/** A simulated user's script: now and then it sends more commands, a few at a time, than are allowed. */
import { RATE_LIMIT } from '../parts/world.ts';
import { Client } from './client.ts';

const PAUSE_MS = 15_000;
const AT_A_TIME = 3;
/** As many as are allowed if each of two API processes counts for itself. */
const BURST = 2 * RATE_LIMIT;
/** After so many refusals it gives up. */
const REFUSALS_MAX = 3;

export class Script extends Client {
  live(): Promise<void> {
    return this.run(async () => {
      while (!this.shop.isClosing()) {
        await this.pause(this.random.next() * PAUSE_MS);
        await this.#hurry();
      }
    });
  }

  /** Its commands are not valid, so that they cost little; they count all the same. */
  async #hurry(): Promise<void> {
    let refusals = 0;
    const command = { method: 'POST', path: '/points/use', body: { amount: -1 } };
    for (let count = 0; count < BURST && refusals < REFUSALS_MAX; count += AT_A_TIME) {
      if (this.shop.isClosing()) return;
      const commands = Array.from({ length: AT_A_TIME }, () => this.once(command));
      for (const answer of await Promise.all(commands)) if (answer?.status === 429) refusals += 1;
    }
  }
}
