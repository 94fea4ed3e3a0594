/** Remembers which entries are waiting, so that polls need not read their rows or sign their tickets. */
import { LRUCache } from 'lru-cache';
import type { UserInQueue } from '../../db/reads/queue/entries.ts';
import type { Signed } from '../auth/waiting-tickets.ts';

/** Limited by `maxSize`, because `max` would allocate all memory up front. */
const REMEMBERED = { maxSize: 200_000, sizeCalculation: () => 1 };

export interface WaitingEntry extends Signed {
  id: number;
  number: number;
  /** ISO 8601. */
  enteredAt: string;
}

const keyOf = ({ queueId, subject }: UserInQueue) => `${queueId}:${subject}`;

/** A draw changes the number. A failover can lose an entry and give its id and number to a later one. */
const isSame = (one: WaitingEntry, other: WaitingEntry) =>
  one.id === other.id && one.number === other.number && one.enteredAt === other.enteredAt;

export class WaitingEntries {
  readonly #entries = new LRUCache<string, WaitingEntry>(REMEMBERED);
  /** The keys of the entries, by id. */
  readonly #keys = new LRUCache<number, string>(REMEMBERED);

  of(user: UserInQueue): WaitingEntry | undefined {
    return this.#entries.get(keyOf(user));
  }

  /** @returns the remembered entry: the one from before, with its signature, unless it has changed */
  remember(user: UserInQueue, entry: WaitingEntry): WaitingEntry {
    const key = keyOf(user);
    const known = this.#entries.get(key);
    if (known && isSame(known, entry)) return known;
    this.#entries.set(key, entry);
    this.#keys.set(entry.id, key);
    return entry;
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
