/** Remembers which entries are waiting, so that polls need not read their rows. */
import { LRUCache } from 'lru-cache';
import type { UserInQueue } from '../../db/reads/queue/entries.ts';

/** Limited by `maxSize`, because `max` would allocate all memory up front. */
const REMEMBERED = { maxSize: 200_000, sizeCalculation: () => 1 };

export interface WaitingEntry {
  id: number;
  number: number;
  /** ISO 8601. */
  enteredAt: string;
}

const keyOf = ({ queueId, subject }: UserInQueue) => `${queueId}:${subject}`;

export class WaitingEntries {
  readonly #entries = new LRUCache<string, WaitingEntry>(REMEMBERED);
  /** The keys of the entries, by id. */
  readonly #keys = new LRUCache<number, string>(REMEMBERED);

  of(user: UserInQueue): WaitingEntry | undefined {
    return this.#entries.get(keyOf(user));
  }

  remember(user: UserInQueue, entry: WaitingEntry): void {
    const key = keyOf(user);
    this.#entries.set(key, entry);
    this.#keys.set(entry.id, key);
  }

  forget(entryId: number): void {
    const key = this.#keys.get(entryId);
    if (key !== undefined) this.#entries.delete(key);
    this.#keys.delete(entryId);
  }

  forgetAll(): void {
    this.#entries.clear();
    this.#keys.clear();
  }
}
