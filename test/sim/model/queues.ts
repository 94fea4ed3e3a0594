/** Which queue sells a performance, and what the model expects of a command whose queue token is of another one. */
import { HOUSE_QUEUE } from '../../../src/commands/command.ts';
import type { Applied } from '../checks/recorder.ts';
import type { Books, ModelOrder } from './books.ts';
import type { Entries } from './entries.ts';
import { namedOrder } from './refusals.ts';

const PAYING = ['pay-order', 'pay-booking', 'start-checkout'];
const BOOKING = ['book-seat', 'book-seats', 'place-order'];

export class Queues {
  readonly #books: Books;
  readonly #entries: Entries;
  /** By concert; others are sold in the house queue. */
  readonly #ofConcert = new Map<number, number>();
  readonly #concertOf = new Map<number, number>();

  constructor(books: Books, entries: Entries) {
    this.#books = books;
    this.#entries = entries;
  }

  /** A queue was created, which admits to these concerts. */
  addQueue(queueId: number, concertIds: readonly number[]): void {
    for (const concertId of concertIds) this.#ofConcert.set(concertId, queueId);
  }

  addPerformance(scheduleId: number, concertId: number): void {
    this.#concertOf.set(scheduleId, concertId);
  }

  /** @returns why a command must not be carried out with its queue token; undefined if it may */
  refuse(applied: Applied): string | undefined {
    const wanted = this.#wanted(applied);
    const own = this.#entries.queueOf(applied.entryId);
    if (wanted === undefined || own === wanted) return undefined;
    return `queue ${wanted} sells that, and the token is of queue ${own}`;
  }

  /** @returns the queue whose token the command needs; undefined if any will do */
  #wanted({ name, input, entryId }: Applied): number | undefined {
    const order = namedOrder(this.#books, input);
    if (PAYING.includes(name)) return order && this.#ofOrder(order, entryId);
    if (!BOOKING.includes(name)) return undefined;
    const [seatId] = (input.seatIds ?? [input.seatId]) as number[];
    const scheduleId = input.scheduleId ?? this.#books.seats.get(seatId ?? 0)?.scheduleId;
    const concertId = this.#concertOf.get(Number(scheduleId));
    return this.#ofConcert.get(concertId ?? 0) ?? HOUSE_QUEUE;
  }

  /** Whoever has placed an order can pay it by the same entry. */
  #ofOrder(order: ModelOrder, entryId: number | undefined): number | undefined {
    return order.entryId === entryId ? undefined : this.#entries.queueOf(order.entryId);
  }
}
