/** The remaining stock of concerts for waiting users, counted at most once a second per concert. */
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

  /** The available and held seats; undefined if the concert does not exist. */
  async of(concertId: number): Promise<Stock | undefined> {
    const stock = await this.#counts.fetch(concertId);
    return stock === 'unknown' ? undefined : stock;
  }
}
