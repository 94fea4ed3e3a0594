/**
 * Which queue entries are active, from memory until the expiry that was read last. After it the row is read again,
 * because orders prolong their entry. A missed end is harmless: the worker checks the entry again.
 */
import { LRUCache } from 'lru-cache';
import type { EpochMs } from '../../commands/epoch-ms.ts';

const REMEMBERED = { maxSize: 200_000, sizeCalculation: () => 1 };

export interface ActiveEntriesDeps {
  /** Reads when an active entry expires, in ms since 1970; undefined if it is not active. */
  activeUntil(entryId: number): Promise<EpochMs | undefined>;
  /** In ms since 1970, by PostgreSQL's clock. */
  now(): EpochMs;
}

export class ActiveEntries {
  readonly #deps: ActiveEntriesDeps;
  /** The expiry of active entries by id. */
  readonly #known = new LRUCache<number, EpochMs>(REMEMBERED);

  constructor(deps: ActiveEntriesDeps) {
    this.#deps = deps;
  }

  /** Whether the entry with this id is active. */
  async isActive(entryId: number): Promise<boolean> {
    const knownUntil = this.#known.get(entryId);
    if (knownUntil !== undefined && this.#deps.now() < knownUntil) return true;
    const until = await this.#deps.activeUntil(entryId);
    if (until === undefined) this.#known.delete(entryId);
    else this.#known.set(entryId, until);
    return until !== undefined;
  }

  /** Makes the next check of an entry read its row. */
  forget(entryId: number): void {
    this.#known.delete(entryId);
  }

  forgetAll(): void {
    this.#known.clear();
  }
}
