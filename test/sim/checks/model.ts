/**
 * A second, much simpler implementation of the sale, in memory. It is told of each committed command with its outcome, says what
 * contradicts it, and is compared with the tables after each transaction.
 */
import type { Checkout } from '../../../scripts/sandbox/books.ts';
import { Books, isLive, type ModelOrder, type ModelSettings, priceOf } from './books.ts';
import { cancel, endCancelled, pay, place, refuseEntry } from './buying.ts';
import { Entries } from './entries.ts';
import * as money from './money.ts';
import type { Applied } from './recorder.ts';
import { judgeRefusal } from './refusals.ts';
import type { LiveRows } from './rows.ts';

type Result = any;

export class Model {
  readonly #books: Books;
  readonly #entries: Entries;
  readonly #receipts = new Map<string, string>();
  readonly #commandsOf = new Map<string, number>();
  /** Commands applied, by `name outcome`. */
  readonly counts = new Map<string, number>();

  constructor(settings: ModelSettings) {
    this.#books = new Books(settings);
    this.#entries = new Entries(settings.maxActive);
  }

  /** The outcome of a command as JSON, if it was applied. */
  outcomeOf(jobId: string): string | undefined {
    return this.#receipts.get(jobId);
  }

  /** The refunds to cards that have failed. */
  get failedRefunds(): number[] {
    return [...this.#books.refunds.values()]
      .filter(({ state }) => state === 'failed')
      .map(({ id }) => id);
  }

  /** Whether no money is on its way, and no order of a cancelled performance is live. */
  isSettled(provider: Iterable<Checkout>): boolean {
    const { orders, cancelled } = this.#books;
    const isEnding = [...orders.values()].some(
      (each) => isLive(each) && cancelled.has(each.scheduleId),
    );
    return !isEnding && money.isSettled(this.#books, provider);
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
    if (outcome.state === 'failed') return `${name} ${jobId} failed in every attempt`;
    const commands = (this.#commandsOf.get(subject) ?? 0) + (keys === undefined ? 0 : 1);
    this.#commandsOf.set(subject, commands);
    if (keys !== undefined && commands > keys) {
      return `${subject} has sent ${keys} requests, and ${commands} were carried out, the last one ${name}`;
    }
    const wrong =
      outcome.state === 'succeeded'
        ? this.#succeed(applied, outcome.result as Result)
        : judgeRefusal(this.#books, applied, code);
    return wrong && `${name} of ${applied.subject} came to ${code}, but ${wrong}`;
  }

  /** Compares the model with the tables and the provider, and follows what timers did. @returns what is wrong */
  compare(rows: LiveRows, provider: Iterable<Checkout>, now: number): string | undefined {
    return (
      this.#comparePoints(rows) ??
      this.#compareOrders(rows, now) ??
      this.#comparePlaces(rows) ??
      this.#compareCheckouts(rows) ??
      money.compareProvider(this.#books, provider) ??
      this.#entries.compare(rows) ??
      this.#judgeEntries()
    );
  }

  #succeed(applied: Applied, result: Result): string | undefined {
    const { name, input, subject } = applied;
    const books = this.#books;
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
      case 'start-checkout':
        return money.startCheckout(books, applied, result);
      case 'start-top-up':
        return money.startTopUp(books, applied, result);
      case 'checkout-opened':
        return money.checkoutOpened(books, applied, result);
      case 'settle-checkout':
        return money.settle(books, applied, result);
      case 'refund-ended':
        return money.refundEnded(books, applied, result);
      case 'retry-refund':
        return money.retryRefund(books, result);
      case 'end-refund':
        return money.endRefund(books, result);
      case 'cancel-schedule':
        books.cancelled.set(Number(input.scheduleId), applied.now);
        return undefined;
      case 'retry-cancellation':
        return money.retryRefundsOf(books, Number(input.scheduleId));
      case 'end-cancelled-order':
        return endCancelled(books, applied, books.orders.get(result.id), result.state);
      case 'check-in': {
        const wrong = refuseEntry(books, applied);
        books.entered.add(Number(input.ticketId));
        return wrong;
      }
      default:
        return undefined;
    }
  }

  #judgeEntries(): string | undefined {
    for (const order of this.#books.orders.values()) {
      const wrong = order.state === 'held' ? this.#entries.judgeEnd(order) : undefined;
      if (wrong) return wrong;
    }
    return undefined;
  }

  #comparePoints({ points }: LiveRows): string | undefined {
    for (const { subject, balance } of points) {
      const known = this.#books.points.get(subject) ?? 0;
      if (known !== balance) return `${subject} has ${balance} points instead of ${known}`;
    }
    return undefined;
  }

  #compareOrders({ orders }: LiveRows, now: number): string | undefined {
    const found = new Map(orders.map((order) => [order.id, order]));
    for (const order of this.#books.orders.values()) {
      if (!isLive(order)) continue;
      const row = found.get(order.id);
      found.delete(order.id);
      if (!row) {
        if (order.state !== 'held') return `order ${order.id} was ${order.state}, and has ended`;
        if (this.#books.heldUntil(order) > now)
          return `order ${order.id} has ended before its hold`;
        order.state = 'expired';
      } else if (row.state !== order.state) {
        return `order ${order.id} is ${row.state} instead of ${order.state}`;
      } else if (row.state === 'held') {
        const wrong = compareHeld(order, row);
        if (wrong) return wrong;
      }
    }
    for (const { id, state } of found.values()) return `order ${id} is ${state}, and was ended`;
    return undefined;
  }

  #comparePlaces({ seats, areas }: LiveRows): string | undefined {
    const live = [...this.#books.orders.values()].filter(isLive);
    const places = live.flatMap((order) => order.places.map((each) => ({ ...each, order })));
    const holders = new Map(places.map(({ seatId, order }) => [seatId, order]));
    for (const { id, state } of seats) {
      const holder = holders.get(id);
      const known = holder ? (holder.state === 'held' ? 'held' : 'sold') : 'available';
      if (state !== known) return `seat ${id} is ${state} instead of ${known}`;
    }
    for (const { id, capacity, held, sold } of areas) {
      const ofArea = places.filter(({ areaId }) => areaId === id);
      const knownHeld = ofArea.filter(({ order }) => order.state === 'held').length;
      const knownSold = ofArea.length - knownHeld;
      if (held !== knownHeld || sold !== knownSold) {
        return `area ${id} has ${held} held and ${sold} sold places instead of ${knownHeld} and ${knownSold}`;
      }
      if (held + sold > capacity) {
        return `area ${id} has ${capacity} places, and ${held + sold} are taken`;
      }
    }
    return undefined;
  }

  #compareCheckouts({ checkouts }: LiveRows): string | undefined {
    for (const row of checkouts) {
      const known = this.#books.checkouts.get(row.id);
      for (const field of ['state', 'captured', 'refunding', 'refunded'] as const) {
        if (row[field] === known?.[field]) continue;
        return `${field} of checkout ${row.id} is ${row[field]} instead of ${known?.[field]}`;
      }
    }
    return undefined;
  }
}

function compareHeld(
  { id, places, holdExpiresAt }: ModelOrder,
  row: { total: number; holdExpiresAt: number },
): string | undefined {
  if (Number(row.total) !== priceOf(places)) {
    return `order ${id} costs ${row.total} instead of ${priceOf(places)}`;
  }
  const difference = Number(row.holdExpiresAt) - holdExpiresAt;
  return difference === 0
    ? undefined
    : `order ${id} is held ${difference} ms longer than it may be`;
}
