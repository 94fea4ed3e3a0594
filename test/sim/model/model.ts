/**
 * A second, much simpler implementation of the sale, in memory. It is told of each committed command with its outcome, says what
 * contradicts it, and is compared with the tables after each transaction.
 */
import type { Checkout } from '../../../scripts/sandbox/books.ts';
import type { Applied } from '../checks/recorder.ts';
import { Books, isLive, type ModelSettings } from './books.ts';
import { block, cancel, endCancelled, pay, place, refuseEntry } from './buying.ts';
import { succeedByCard } from './card-commands.ts';
import { Entries } from './entries.ts';
import { Halls } from './halls.ts';
import { Messages } from './messages.ts';
import * as money from './money.ts';
import { Queues } from './queues.ts';
import * as refunds from './refunds.ts';
import { judgeRefusal } from './refusals.ts';
import type { LiveRows } from './rows.ts';
import {
  compareCheckouts,
  compareEnds,
  compareOrders,
  comparePlaces,
  comparePoints,
} from './tables.ts';

type Result = any;

export class Model {
  readonly #books: Books;
  readonly #entries: Entries;
  readonly #queues: Queues;
  readonly halls = new Halls();
  readonly #receipts = new Map<string, string>();
  readonly messages = new Messages((jobId) => this.outcomeOf(jobId));
  readonly #commandsOf = new Map<string, number>();
  /** Commands applied, by `name outcome`. */
  readonly counts = new Map<string, number>();

  constructor(settings: ModelSettings) {
    const { messages } = this;
    this.#books = new Books(settings, (id) => messages.happen('hold-expired', id));
    this.#entries = new Entries(settings.maxActive, (id) => messages.happen('draw-made', id));
    this.#queues = new Queues(this.#books, this.#entries);
  }

  /** The outcome of a command as JSON, if it was applied. */
  outcomeOf(jobId: string): string | undefined {
    return this.#receipts.get(jobId);
  }

  /** Whether a seat has ever been in a state; an available one may be held by a hold that is over. */
  hasBeen(seatId: number, state: string): boolean {
    return state === 'available' || this.#books.been.has(`${seatId} ${state}`);
  }

  /** The refunds to cards that have failed. */
  get failedRefunds(): number[] {
    return [...this.#books.refunds.values()]
      .filter(({ state }) => state === 'failed')
      .map(({ id }) => id);
  }

  /** Whether money is on its way back to a card. */
  get isRefunding(): boolean {
    return [...this.#books.checkouts.values()].some(({ refunding }) => refunding > 0);
  }

  /** Whether no money and no message is on its way, and no order of a cancelled performance is live. */
  isSettled(provider: Iterable<Checkout>): boolean {
    const { orders, cancelled } = this.#books;
    const isEnding = [...orders.values()].some(
      (each) => isLive(each) && cancelled.has(each.scheduleId),
    );
    const isTold = this.messages.firstOwed === undefined;
    return !isEnding && isTold && money.isSettled(this.#books, provider);
  }

  /**
   * Takes note of a committed command.
   * @param keys how many idempotency keys its user has used; undefined if the command is not of a user
   * @returns what is wrong with it
   */
  apply(applied: Applied, keys: number | undefined): string | undefined {
    const { jobId, name, outcome, subject } = applied;
    const code = outcome.state === 'succeeded' ? 'succeeded' : outcome.problem.code;
    const key = `${name} ${code}`;
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    if (this.#receipts.has(jobId)) return `${name} ${jobId} took effect twice`;
    this.#receipts.set(jobId, JSON.stringify(outcome));
    this.messages.apply(applied);
    if (outcome.state === 'failed') return `${name} ${jobId} failed in every attempt`;
    const commands = (this.#commandsOf.get(subject) ?? 0) + (keys === undefined ? 0 : 1);
    this.#commandsOf.set(subject, commands);
    if (keys !== undefined && commands > keys) {
      return `${subject} has sent ${keys} requests, and ${commands} were carried out, the last one ${name}`;
    }
    const wrong =
      outcome.state === 'succeeded'
        ? this.#succeed(applied, outcome.result as Result)
        : this.#judgeRefusal(applied, code);
    return wrong && `${name} of ${applied.subject} came to ${code}, but ${wrong}`;
  }

  /** Compares the model with the tables and the provider, and follows what timers did. @returns what is wrong */
  compare(rows: LiveRows, provider: Iterable<Checkout>, now: number): string | undefined {
    return (
      comparePoints(this.#books, rows) ??
      compareOrders(this.#books, rows, now) ??
      comparePlaces(this.#books, rows) ??
      compareEnds(this.#books, rows) ??
      compareCheckouts(this.#books, rows) ??
      money.compareProvider(this.#books, provider) ??
      this.#entries.compare(rows) ??
      this.#judgeEntries()
    );
  }

  #judgeRefusal(applied: Applied, code: string): string | undefined {
    if (code === 'HALL_CHANGED') return this.halls.judgeRefusal(applied);
    if (code !== 'QUEUE_TOKEN_WRONG_QUEUE') return judgeRefusal(this.#books, applied, code);
    return this.#queues.refuse(applied) ? undefined : 'the token is of the right queue';
  }

  #succeed(applied: Applied, result: Result): string | undefined {
    const { name, input, subject } = applied;
    const books = this.#books;
    const wrongQueue = this.#queues.refuse(applied);
    if (wrongQueue) return wrongQueue;
    switch (name) {
      case 'charge-points':
        return books.changePoints(subject, Number(input.amount), result.balance);
      case 'use-points':
        return books.changePoints(subject, -Number(input.amount), result.balance);
      case 'book-seat':
        return place(books, this.#entries, applied, [result]);
      case 'book-seats':
      case 'place-order':
        return place(books, this.#entries, applied, result.bookings);
      case 'pay-order':
        return pay(books, applied, books.orders.get(result.order.id), result.balance);
      case 'pay-booking': {
        const order = books.orderOfBooking(Number(input.bookingId));
        if (order && order.places.length > 1) return 'its order has other places';
        return pay(books, applied, order, result.balance);
      }
      case 'cancel-order':
        return cancel(books, applied, books.orders.get(result.id));
      case 'cancel-booking':
        return cancel(books, applied, books.orders.get(result.orderId), result.id);
      case 'enter-queue':
        return this.#entries.enter(applied, result);
      case 'leave-queue':
        return this.#entries.leave(applied, result);
      case 'cancel-schedule':
        books.cancelled.set(Number(input.scheduleId), applied.now);
        return undefined;
      case 'retry-cancellation':
        return refunds.retryRefundsOf(books, applied);
      case 'end-cancelled-order':
        return endCancelled(books, applied, books.orders.get(result.id), result.state);
      case 'create-queue':
        this.#queues.addQueue(result.id, input.concertIds as number[]);
        return undefined;
      case 'create-schedule':
        this.#queues.addPerformance(result.id, Number(input.concertId));
        return undefined;
      case 'block-seats':
        return block(books, applied);
      case 'release-seats':
        for (const seatId of input.seatIds as number[]) books.blocked.delete(seatId);
        return undefined;
      case 'create-hall':
      case 'save-hall':
        return this.halls.save(applied, result);
      case 'register-webhook':
        this.messages.register(result);
        return undefined;
      case 'remove-webhook':
        this.messages.remove(Number(input.webhookId));
        return undefined;
      case 'check-in': {
        const wrong = refuseEntry(books, applied);
        books.entered.add(Number(input.ticketId));
        return wrong;
      }
      default:
        return succeedByCard(books, applied, result);
    }
  }

  #judgeEntries(): string | undefined {
    for (const order of this.#books.orders.values()) {
      const wrong = order.state === 'held' ? this.#entries.judgeEnd(order) : undefined;
      if (wrong) return wrong;
    }
    return undefined;
  }
}
