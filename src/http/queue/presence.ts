/**
 * Records which waiting users poll, which of them have been skipped and poll again, and which admitted users made their first
 * request. The notes are kept in memory and written in bulk.
 *
 * Whether a user near the front polls is noted often, because it matters at the next admission: after a note, not again for
 * `NEAR_NOTED_EVERY_MS`. All others are noted once in each slot of `FAR_NOTED_EVERY_MS`. The slots of an entry begin at a time of
 * its own, so that a long line is written evenly.
 */
import { LRUCache } from 'lru-cache';
import type { EpochMs } from '../../commands/epoch-ms.ts';
import type { OpenEntry } from '../../db/reads/queue/entries.ts';
import {
  FAR_NOTED_EVERY_MS,
  NEAR_NOTED_EVERY_MS,
  NOTES_WRITTEN_EVERY_MS,
  WATCH_NOTED_EVERY_MS,
} from '../../db/reads/queue/presence-times.ts';
import { RefreshTimer } from '../../runtime/refresh-timer.ts';

/** Spreads the beginnings of the slots: it has no factor in common with their length. */
const PHASE_STEP_MS = 7919;
/** Notes of one write, so that a process that has just started does not write all its users at once. */
const FAR_AT_ONCE = 5000;
const RETURNS_AT_ONCE = 500;

const REMEMBERED = { maxSize: 100_000, sizeCalculation: () => 1 };
const REMEMBERED_FAR = { maxSize: 1_000_000, sizeCalculation: () => 1 };

/** A waiting entry whose user has been skipped and polls again. */
type ReturnedEntry = Pick<OpenEntry, 'id' | 'queueId'>;

/** What is written at once; entries by id. */
export interface PresenceNotes {
  /** Waiting entries near the front whose users polled. */
  near: number[];
  /** Other waiting entries whose users polled. */
  far: number[];
  /** Active entries whose users made a request with the queue token. */
  claimed: number[];
  returned: ReturnedEntry[];
}

export interface PresenceDeps {
  /** Writes notes. @returns those that are written or not needed any more; locked rows are skipped */
  write(notes: PresenceNotes): Promise<Pick<PresenceNotes, 'far' | 'claimed'>>;
  /** Says that this process writes notes. */
  noteWatch(): Promise<void>;
  /** In ms since 1970, by PostgreSQL's clock. */
  now(): EpochMs;
}

export class Presence {
  readonly #deps: PresenceDeps;
  readonly #near = new LRUCache<number, true>({ ...REMEMBERED, ttl: NEAR_NOTED_EVERY_MS });
  /** The slot of the last note, by entry. */
  readonly #slots = new LRUCache<number, number>(REMEMBERED_FAR);
  readonly #claimed = new LRUCache<number, true>(REMEMBERED);
  readonly #nearNow = new Set<number>();
  /** The slot to note, by entry. */
  readonly #farNow = new Map<number, number>();
  /** Far entries whose row was locked; they are tried once more. */
  #farAgain = new Set<number>();
  readonly #claimedNow = new Set<number>();
  readonly #returnedNow = new Map<number, number>();
  #watchedAt = -WATCH_NOTED_EVERY_MS;
  #flushing: Promise<void> | undefined;
  readonly #timer = new RefreshTimer(() => this.flush(), NOTES_WRITTEN_EVERY_MS);

  constructor(deps: PresenceDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#timer.start();
  }

  /** Writes what is noted, because a user whose claim is lost may send no other request in time. Never rejects. */
  async stop(): Promise<void> {
    this.#timer.stop();
    await this.#flushing?.catch(() => undefined);
    await this.#writeNotes().catch(() => undefined);
  }

  /**
   * Notes that the user of a waiting entry has polled.
   * @param seenAt when the database last noted that, if it is known and was not near the front
   */
  noteSeen(
    entryId: number,
    { isNearFront, seenAt }: { isNearFront: boolean; seenAt: EpochMs | undefined },
  ): void {
    if (isNearFront) {
      if (!this.#near.has(entryId)) this.#nearNow.add(entryId);
      return;
    }
    const slot = slotOf(entryId, this.#deps.now());
    const noted = this.#slots.get(entryId) ?? (seenAt && slotOf(entryId, seenAt));
    if (noted === slot) this.#slots.set(entryId, slot);
    else this.#farNow.set(entryId, slot);
  }

  /** Notes that the user of a skipped entry polls again. Until that is written, each poll notes it anew. */
  noteReturned({ id, queueId }: ReturnedEntry): void {
    this.#returnedNow.set(id, queueId);
  }

  noteClaimed(entryId: number): void {
    if (!this.#claimed.has(entryId)) this.#claimedNow.add(entryId);
  }

  /** Drops everything after a failover: writes may be lost, and entries may belong to other users. */
  forgetAll(): void {
    for (const each of [this.#near, this.#slots, this.#claimed]) each.clear();
    for (const each of [this.#nearNow, this.#farNow, this.#claimedNow, this.#returnedNow])
      each.clear();
    this.#farAgain.clear();
  }

  /**
   * Writes the notes made since the last flush, unless a flush is running, and says now and then that it does. A claim whose
   * row was locked is kept, because its user may send no other request before the slot goes to the next user. Near the front, the
   * next note follows soon. A user who is noted there is noted anew by the next poll elsewhere, because absence is judged by where the last note was made.
   */
  flush(): Promise<void> {
    const flushing = async () => {
      await this.#writeNotes();
      await this.#watch();
    };
    this.#flushing ??= flushing().finally(() => {
      this.#flushing = undefined;
    });
    return this.#flushing;
  }

  async #writeNotes(): Promise<void> {
    for (const id of this.#nearNow) {
      this.#farNow.delete(id);
      this.#slots.delete(id);
    }
    const far = [...this.#farNow].slice(0, FAR_AT_ONCE);
    const notes: PresenceNotes = {
      near: [...this.#nearNow],
      far: far.map(([id]) => id),
      claimed: [...this.#claimedNow],
      returned: [...this.#returnedNow]
        .slice(0, RETURNS_AT_ONCE)
        .map(([id, queueId]) => ({ id, queueId })),
    };
    for (const each of [this.#nearNow, this.#claimedNow, this.#returnedNow]) each.clear();
    for (const [id] of far) this.#farNow.delete(id);
    if (Object.values(notes).some(({ length }) => length > 0)) await this.#write(notes, far);
  }

  async #write(notes: PresenceNotes, far: readonly [number, number][]): Promise<void> {
    const written = await this.#deps.write(notes).catch((error) => {
      for (const id of notes.claimed) this.#claimedNow.add(id);
      for (const [id, slot] of far) if (!this.#farNow.has(id)) this.#farNow.set(id, slot);
      throw error;
    });
    for (const id of notes.near) this.#near.set(id, true);
    for (const id of written.claimed) this.#claimed.set(id, true);
    for (const id of notes.claimed) if (!this.#claimed.has(id)) this.#claimedNow.add(id);
    const isWritten = new Set(written.far);
    const again = far.filter(([id]) => !isWritten.has(id) && !this.#farAgain.has(id));
    this.#farAgain = new Set(again.map(([id]) => id));
    for (const [id, slot] of far) this.#slots.set(id, slot);
    for (const [id, slot] of again) this.#farNow.set(id, slot);
  }

  /** Only after a flush that succeeded: a process whose notes fail does not see who polls. */
  async #watch(): Promise<void> {
    const now = this.#deps.now();
    if (now - this.#watchedAt < WATCH_NOTED_EVERY_MS) return;
    await this.#deps.noteWatch();
    this.#watchedAt = now;
  }
}

/** The slots of an entry are numbered. A poll in a slot is noted once. */
function slotOf(entryId: number, time: EpochMs): number {
  return Math.floor((time + ((entryId * PHASE_STEP_MS) % FAR_NOTED_EVERY_MS)) / FAR_NOTED_EVERY_MS);
}
