/** A simulated operator of a hall: saves its plan again and again, also one that somebody else has saved meanwhile, and blocks and releases seats. */
import { SEAT_KINDS } from '../../../src/commands/schemas/place-resources.ts';
import { Client } from './client.ts';

const NEXT_MS = 1500;
const SEATS = 8;
const STALE_SHARE = 0.2;

export class HallKeeper extends Client {
  /** Saves the first plan. */
  open(): Promise<void> {
    return this.run(async () => {
      const hall = await this.command('POST', '/halls', {
        name: 'The Great Hall',
        plan: this.#plan(),
      });
      this.shop.hall = { id: hall.id, version: hall.version };
    });
  }

  /** Works until the shop closes. */
  work(): Promise<void> {
    return this.run(async () => {
      while (!this.shop.isClosing()) {
        await this.pause(this.random.next() * 2 * NEXT_MS);
        if (this.shop.isClosing()) break;
        await this.random.weighted<() => Promise<unknown>>([
          [2, () => this.#save()],
          [4, () => this.#block()],
          [3, () => this.#release()],
        ])();
      }
    });
  }

  /** Two rows of two categories, whose border moves, with a gap in the numbers, and standing room. */
  #plan(): object {
    const border = 1 + this.random.below(SEATS / 2);
    const hasKinds = this.random.isTrue(0.5);
    const row = (name: string, from: number) => ({
      name,
      seats: Array.from({ length: SEATS / 2 }, (_, index) => ({
        number: from + index + (index >= border ? 1 : 0),
        category: index < border ? 'Front' : 'Back',
        ...(hasKinds && index < 2 && { kind: SEAT_KINDS[index] }),
      })),
    });
    return {
      categories: [{ name: 'Front' }, { name: 'Back' }, { name: 'Standing' }],
      sections: [{ name: 'Stalls', rows: [row('A', 1), row('B', 11)] }],
      areas: [{ name: 'Standing', capacity: 4, category: 'Standing' }],
    };
  }

  async #save(): Promise<void> {
    const { hall } = this.shop;
    if (!hall) return;
    const isStale = this.random.isTrue(STALE_SHARE) && hall.version > 1;
    const baseVersion = isStale ? hall.version - 1 : hall.version;
    const body = { baseVersion, plan: this.#plan() };
    const saved = await this.command('POST', `/halls/${hall.id}/versions`, body);
    if (saved) this.shop.hall = { id: hall.id, version: saved.version };
  }

  async #block(): Promise<void> {
    const seatIds = this.#someSeats();
    await this.command('POST', '/concerts/seats/block', {
      seatIds,
      reason: 'A camera stands here.',
    });
  }

  async #release(): Promise<void> {
    await this.command('POST', '/concerts/seats/release', { seatIds: this.#someSeats() });
  }

  #someSeats(): number[] {
    const { seatIds } = this.random.of(this.shop.performances.slice(-3));
    return [...new Set([this.random.of(seatIds), this.random.of(seatIds)])];
  }
}
