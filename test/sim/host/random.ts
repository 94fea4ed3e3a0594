/** Random choices under a seed. */
import { hash } from 'node:crypto';
import { seededRandom } from '../../../scripts/simulate/seeded-random.ts';

export class Random {
  /** At least 0, below 1. */
  readonly next: () => number;

  /** @param purpose streams of different purposes are independent, so that a change of one leaves the others as they are */
  constructor(seed: number, purpose: string) {
    this.next = seededRandom(hash('sha256', `${seed} ${purpose}`, 'buffer').readUInt32BE(0));
  }

  /** A whole number from 0 to `count - 1`. */
  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  isTrue(share: number): boolean {
    return this.next() < share;
  }

  of<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item;
  }

  /** Chooses by weights. */
  weighted<Item>(items: readonly (readonly [weight: number, item: Item])[]): Item {
    let left = this.next() * items.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, item] of items) {
      left -= weight;
      if (left < 0) return item;
    }
    return (items.at(-1) as readonly [number, Item])[1];
  }
}
