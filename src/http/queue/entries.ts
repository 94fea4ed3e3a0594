/**
 * The users' entries in the waiting queues, served from memory: an API process remembers which entries are waiting and which are
 * active. It reads a row only for an entry that it does not know yet, or whose number has been reached or is out of the line.
 */
import type { EpochMs } from '../../commands/epoch-ms.ts';
import type { QueueEntry, QueueEntryOutcome } from '../../commands/schemas/resources.ts';
import type { OpenEntry, UserInQueue, WaitingEnd } from '../../db/reads/queue/entries.ts';
import type { Announcement } from '../../lanes/announcements.ts';
import type { AdmittedEntry } from '../auth/queue-tokens.ts';
import { ActiveEntries, endedEntryIn } from './active-entries.ts';
import { isNearFront, positionOf } from './position.ts';
import type { Presence } from './presence.ts';
import { type PresentDeps, presentEntry } from './present-entry.ts';
import type { QueuesInMemory } from './queues-in-memory.ts';
import { WaitingEntries } from './waiting-entries.ts';

export interface QueueEntriesDeps extends PresentDeps {
  queues: QueuesInMemory;
  reader: {
    ofUser(user: UserInQueue): Promise<OpenEntry | undefined>;
    endOf(user: UserInQueue): Promise<WaitingEnd | undefined>;
    /** When an active entry expires, in ms since 1970; undefined if it is not active. */
    activeUntil(entryId: number): Promise<EpochMs | undefined>;
  };
  presence: Presence;
  /** In ms since 1970, by PostgreSQL's clock. */
  now(): EpochMs;
}

export class QueueEntries {
  readonly #deps: QueueEntriesDeps;
  readonly #waiting = new WaitingEntries();
  readonly #active: ActiveEntries;

  constructor(deps: QueueEntriesDeps) {
    this.#deps = deps;
    this.#active = new ActiveEntries({ ...deps, activeUntil: (n) => deps.reader.activeUntil(n) });
  }

  /** Forgets the entries that commands ended, through any API process. */
  onAnnouncements(announcements: readonly Announcement[]): void {
    for (const announcement of announcements) {
      const entryId = endedEntryIn(announcement);
      if (entryId !== undefined) this.#forget(entryId);
    }
  }

  /** Makes later checks read the row, because the end of an entry may have been missed. */
  forgetActive(): void {
    this.#active.forgetAll();
  }

  /** Drops everything after a failover, which may have lost commits; later reads use the rows. */
  forgetAll(): void {
    this.#waiting.forgetAll();
    this.#active.forgetAll();
  }

  /** The open entry of a user in a queue; undefined if there is none. */
  async entryOf(user: UserInQueue): Promise<QueueEntry | undefined> {
    const { subject, queueId } = user;
    const known = this.#waiting.of(user);
    if (known && !this.#isReached({ queueId, number: known.number })) {
      const { id, number, enteredAt } = known;
      const waiting = { queueId, state: 'waiting', expiresAt: null } as const;
      return this.present({ ...waiting, id, number, enteredAt }, subject);
    }
    const open = await this.#deps.reader.ofUser(user);
    return open && this.#presentOpen(open);
  }

  /** When and why the system last ended the waiting of a user in a queue. */
  endOf(user: UserInQueue): Promise<WaitingEnd | undefined> {
    return this.#deps.reader.endOf(user);
  }

  /** Whether an entry, whose user makes a request with its queue token, is still active. */
  isActive({ id }: AdmittedEntry): Promise<boolean> {
    this.noteClaimed(id);
    return this.#active.isActive(id);
  }

  /** Records that the user of an entry has made a request with the queue token. */
  noteClaimed(entryId: number): void {
    this.#deps.presence.noteClaimed(entryId);
  }

  /** The entry as it was when the user entered, or its current row if its number has been reached since. */
  async presentNow(entry: QueueEntryOutcome, subject: string): Promise<QueueEntry> {
    // Outcomes of older versions do not say when the user entered.
    const isOld = entry.enteredAt === undefined;
    if (entry.state === 'waiting' && (isOld || this.#isReached(entry))) {
      const open = await this.#deps.reader.ofUser({ subject, queueId: entry.queueId });
      // Old receipts know an entry by the number that it had before a draw.
      const isSame = open?.id === entry.id || open?.numberBeforeDraw === entry.number;
      if (open && isSame) return this.#presentOpen(open);
    }
    return this.present(entry, subject, this.#deps.now());
  }

  #presentOpen({ numberBeforeDraw: _, subject, isSkipped, seenAt, ...open }: OpenEntry) {
    const entry = {
      ...open,
      enteredAt: new Date(open.enteredAt).toISOString(),
      expiresAt: isoTime(open.expiresAt),
      bookingUntil: isoTime(open.bookingUntil),
    };
    if (isSkipped) this.#deps.presence.noteReturned(entry);
    if (open.state !== 'waiting') this.#waiting.forget(open.id);
    return this.present(entry, subject, seenAt ?? undefined);
  }

  /**
   * Shows an entry as it is, with its current position and estimate. A waiting entry is remembered, and its user is present.
   * @param seenAt when its user was noted to poll, if known and not near the front; in ms since 1970
   */
  async present(entry: QueueEntryOutcome, subject: string, seenAt?: EpochMs): Promise<QueueEntry> {
    const { id, queueId, number, state, enteredAt } = entry;
    const { queues } = this.#deps;
    const [line, rate] = [queues.lineOf(queueId), queues.rateOf(queueId)];
    const counters = queues.countersOf(queueId);
    const shown = { entry, subject, line, counters, rate };
    if (state !== 'waiting') return presentEntry(shown, this.#deps);
    const isNear = isNearFront(positionOf(number, line, counters), rate);
    this.#deps.presence.noteSeen(id, { isNearFront: isNear, seenAt });
    const user = { subject, queueId };
    const known =
      enteredAt === undefined ? undefined : this.#waiting.remember(user, { id, number, enteredAt });
    return presentEntry({ ...shown, known }, this.#deps);
  }

  /**
   * Whether only the row of an entry is current: the admission has reached its number, or the number is out of the line, because
   * the entry was admitted, skipped or ended, or has got another number.
   */
  #isReached({ queueId, number }: Pick<QueueEntry, 'queueId' | 'number'>): boolean {
    const { queues } = this.#deps;
    const { lastAdmitted } = queues.countersOf(queueId);
    return number <= lastAdmitted || queues.lineOf(queueId).isGone(number);
  }

  #forget(entryId: number): void {
    this.#waiting.forget(entryId);
    this.#active.forget(entryId);
    this.#deps.tokens.forget(entryId);
  }
}

const isoTime = (at: EpochMs | null) => (at === null ? null : new Date(at).toISOString());
