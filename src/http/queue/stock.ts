/** The stock of a concert for those who wait, counted once a second at most however many ask. */
import { LRUCache } from 'lru-cache';
import type { Stock } from '../../db/reads/stock.ts';

const COUNTED_MS = 1000;
const CONCERTS_MAX = 1000;

export class StockView {
  readonly #counts: LRUCache<number, Stock | 'unknown'>;

  constructor(read: (concertId: number) => Promise<Stock | undefined>) {
    this.#counts = new LRUCache({
      max: CONCERTS_MAX,
      ttl: COUNTED_MS,
      fetchMethod: async (concertId: number) => (await read(concertId)) ?? 'unknown',
    });
  }

  /** The seats left and held, or undefined where there is no such concert. */
  async of(concertId: number): Promise<Stock | undefined> {
    const stock = await this.#counts.fetch(concertId);
    return stock === 'unknown' ? undefined : stock;
  }
}
