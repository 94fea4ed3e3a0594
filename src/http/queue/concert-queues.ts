/** Which waiting queue admits to a concert or schedule, from memory. */
import { LRUCache } from 'lru-cache';
import type { z } from 'zod';
import type { OnSale } from '../../db/reads/queue/concerts.ts';
import type { Announcement } from '../../lanes/announcements.ts';
import type { AdmittedEntry } from '../auth/queue-tokens.ts';
import { Problem } from '../problems/problems.ts';
import { isChangedBy } from '../reads/announced-changes.ts';
import { SharedReads } from '../reads/shared-read.ts';

const REMEMBERED_MAX = 20_000;

/** How long an answer is remembered at most, so that a lost announcement is repaired, in ms. */
const REMEMBERED_MS = 5000;

/** A route whose path may name a concert or schedule. */
interface Named {
  params?: z.ZodType<object> | undefined;
  about?: ((params: object) => OnSale) | undefined;
}

export class ConcertQueues {
  readonly #read: (what: OnSale) => Promise<number | undefined>;
  readonly #reads = new SharedReads();
  readonly #known = new LRUCache<string, number>({ max: REMEMBERED_MAX, ttl: REMEMBERED_MS });
  /** Rises when all is forgotten: what a read has found that began before may be outdated. */
  #generation = 0;

  /** @param read the queue of a concert or schedule; undefined if that does not exist */
  constructor(read: (what: OnSale) => Promise<number | undefined>) {
    this.#read = read;
  }

  /**
   * Refuses a queue token of another queue than the one that admits to this. Memory can be outdated, so the row is read again
   * before a refusal.
   * @throws Problem QUEUE_TOKEN_WRONG_QUEUE, with the queue to enter
   */
  async refuseOthers({ queueId }: AdmittedEntry, what: OnSale): Promise<void> {
    if (this.#known.get(keyOf(what)) === queueId) return;
    const admitting = await this.#readNow(what);
    if (admitting === undefined || admitting === queueId) return;
    throw new Problem('QUEUE_TOKEN_WRONG_QUEUE', {
      detail: `The queue token is of another queue. Enter queue ${admitting}.`,
      queueId: admitting,
    });
  }

  /**
   * Completes the refusal of a request without a queue token by the queue to enter, if its path says what it is about.
   * @throws the completed Problem, or `error` as it is
   */
  async nameIn(error: unknown, { params, about }: Named, given: unknown): Promise<never> {
    const isMissing = error instanceof Problem && error.code === 'QUEUE_TOKEN_REQUIRED';
    const path = params?.safeParse(given);
    if (!isMissing || !about || !path?.success) throw error;
    const what = about(path.data);
    const queueId =
      this.#known.get(keyOf(what)) ?? (await this.#readNow(what).catch(() => undefined));
    if (queueId === undefined) throw error;
    const detail = `Enter the waiting queue with \`POST /queues/${queueId}/entry\`, then send \`Queue-Token: TOKEN\`.`;
    throw new Problem(error.code, { detail, queueId });
  }

  /** A new queue has taken concerts from the house queue. */
  onAnnouncements(announcements: readonly Announcement[]): void {
    if (isChangedBy('concertQueues', announcements)) this.forgetAll();
  }

  forgetAll(): void {
    this.#known.clear();
    this.#generation += 1;
  }

  async #readNow(what: OnSale): Promise<number | undefined> {
    const key = keyOf(what);
    const generation = this.#generation;
    const queueId = await this.#reads.fresh(key, () => this.#read(what));
    if (queueId === undefined) this.#known.delete(key);
    else if (generation === this.#generation) this.#known.set(key, queueId);
    return queueId;
  }
}

function keyOf(what: OnSale): string {
  return 'concertId' in what ? `concert ${what.concertId}` : `schedule ${what.scheduleId}`;
}
