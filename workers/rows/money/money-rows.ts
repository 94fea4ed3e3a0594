/** Checkouts, refunds to cards and calls to payment providers in memory. `write-money-rows.ts` writes what handlers add and change. */
import { strict as assert } from 'node:assert';
import type { Row } from '../../../src/db/tables.ts';
import { checkoutKey, refundKey } from '../../../src/lanes/payment-keys.ts';
import { Table } from '../table.ts';

export type CheckoutRow = Row<'checkout'>;

export type CardRefundRow = Row<'card_refund'>;

/** A refund to a card that is owed from now on, together with its call. The insert gives it its id. */
export type NewCardRefund = Pick<CardRefundRow, 'checkoutId' | 'paymentId' | 'amount' | 'jobId'>;

/** A call that was owed when the batch read it, with the order of its checkout. It is not locked, and may be answered already. */
export interface OwedCallRow extends Row<'outbox_call'> {
  orderId: number | null;
  /** It has no answer after many offers. */
  isDead: boolean;
}

/** A call that is owed from now on. `refundId` is 0 but for the call of a refund. */
export type NewCall = Pick<Row<'outbox_call'>, 'kind' | 'checkoutId' | 'refundId'>;

/** A hold that lasts longer than before. */
export interface ExtendedHold {
  orderId: number;
  holdExpiresAt: Date;
  /** The end of the hold with its grace period. */
  heldUntil: Date;
}

/** What a user has begun of late. */
export interface BegunCheckouts {
  /** Checkouts that are not over, and when the first of them ends at the latest. */
  live: number;
  liveUntil: Date | null;
  /** Those begun within the last hour, and the first of them. */
  lastHour: number;
  firstOfHour: Date | null;
}

/** Whether a checkout is not over: its page is open, or is going to be. */
const isLive = ({ state }: Pick<CheckoutRow, 'state'>) => state === 'opening' || state === 'open';

export class CheckoutTable extends Table<CheckoutRow> {
  readonly #byOrder = new Map<number, CheckoutRow[]>();
  readonly #begun = new Map<number, BegunCheckouts>();
  /** The orders, and the bookings whose orders, have their checkouts loaded. */
  readonly #orderIds = new Set<number>();
  readonly #bookingIds = new Set<number>();

  constructor() {
    super((checkout) => checkout.id);
  }

  override load(checkout: CheckoutRow): void {
    super.load(checkout);
    if (checkout.orderId === null) return;
    const ofOrder = this.#byOrder.get(checkout.orderId) ?? [];
    this.#byOrder.set(checkout.orderId, [...ofOrder, checkout]);
  }

  override change(checkout: CheckoutRow, change: Partial<CheckoutRow>): void {
    const wasLive = isLive(checkout);
    super.change(checkout, change);
    const begun = this.#begun.get(checkout.userId);
    if (begun && wasLive && !isLive(checkout)) begun.live -= 1;
  }

  override add(checkout: CheckoutRow): CheckoutRow {
    const begun = this.#begun.get(checkout.userId);
    if (begun) {
      begun.live += 1;
      begun.liveUntil ??= checkout.expiresAt;
      begun.lastHour += 1;
      begun.firstOfHour ??= checkout.createdAt;
    }
    return super.add(checkout);
  }

  /** Notes that all checkouts of these orders are loaded. */
  noteOrders(orderIds: readonly number[], bookingIds: readonly number[]): void {
    for (const id of orderIds) this.#orderIds.add(id);
    for (const id of bookingIds) this.#bookingIds.add(id);
  }

  /**
   * All checkouts of an order, the oldest first.
   * @param bookings those of the order
   */
  ofOrder(orderId: number, bookings: readonly { id: number }[]): readonly CheckoutRow[] {
    const isLoaded =
      this.#orderIds.has(orderId) || bookings.some(({ id }) => this.#bookingIds.has(id));
    assert(isLoaded, 'A handler read checkouts that its needs did not declare.');
    return this.#byOrder.get(orderId) ?? [];
  }

  /** The checkout of an order that is not over; there is one at most. */
  liveOf(orderId: number, bookings: readonly { id: number }[]): CheckoutRow | undefined {
    return this.ofOrder(orderId, bookings).find(isLive);
  }

  noteBegun(userId: number, begun: BegunCheckouts): void {
    this.#begun.set(userId, begun);
  }

  begunBy(userId: number): Readonly<BegunCheckouts> {
    const begun = this.#begun.get(userId);
    assert(begun, 'A handler counted checkouts that its needs did not declare.');
    return begun;
  }

  /**
   * The checkout of which a provider speaks. A failover of PostgreSQL can lose a checkout and give its id to another one, which has
   * another key; what is told of the first one must not change that.
   * @param meant `userId` is the user for whom the command was enqueued
   * @returns undefined if it is lost
   */
  meant({ id, key, userId }: { id: number; key: string; userId: number }): CheckoutRow | undefined {
    const checkout = this.get(id);
    if (checkout?.userId !== userId || checkoutKey(checkout) !== key) return undefined;
    return checkout;
  }
}

export class MoneyRows {
  readonly checkouts = new CheckoutTable();
  readonly refunds = new Table<CardRefundRow>((refund) => refund.id);
  /** The ids of those that had failed when the batch began, by schedule, of the schedules that commands name. */
  failedRefunds: ReadonlyMap<number, readonly number[]> = new Map();
  /** Those that commands name, by id. */
  readonly calls = new Map<number, OwedCallRow>();
  readonly newRefunds: NewCardRefund[] = [];
  readonly newCalls: NewCall[] = [];
  /** Calls that are owed no more: the checkout of each, by id of the call. They are not loaded, and may be gone already. */
  readonly endedCalls = new Map<number, number>();
  /** By order. */
  readonly extendedHolds = new Map<number, ExtendedHold>();
  /** Those of the named orders that had a checkout which was not over when they were loaded. */
  readonly ordersWithPage = new Set<number>();
  /** Orders that were paid in another way than by the page of a checkout that may be open: the page is to be closed. */
  readonly #closedOrders = new Set<number>();

  /** Has the payment page of a loaded order closed, if one may be open. */
  closePageOf(orderId: number): void {
    this.#closedOrders.add(orderId);
  }

  /** The orders whose page is to be closed: those with a checkout that was not over before this batch, or that began in it. */
  get closedOrders(): number[] {
    const begun = new Set([...this.checkouts.added].map(({ orderId }) => orderId));
    return [...this.#closedOrders].filter((id) => this.ordersWithPage.has(id) || begun.has(id));
  }

  /** Owes a refund to a card, and the call that asks for it. The amount must be above 0. */
  oweRefund(refund: NewCardRefund): void {
    assert(refund.amount > 0, 'The amount of a refund must be above 0.');
    this.newRefunds.push(refund);
  }

  /** The idempotency key of an attempt of a refund at the provider. */
  refundKey(refund: CardRefundRow, attempt: number): string {
    return refundKey({ ...refund, attempt });
  }

  /** Owes a call. The same call is owed once: one that is owed already becomes due now. */
  oweCall(kind: NewCall['kind'], checkoutId: number, refundId = 0): void {
    this.newCalls.push({ kind, checkoutId, refundId });
  }

  /**
   * Ends a call of this checkout. After a failover of PostgreSQL its id may be that of a call for another checkout, which stays.
   * @param callId undefined for what no call has asked for
   */
  endCall(callId: number | undefined, checkoutId: number): void {
    if (callId !== undefined) this.endedCalls.set(callId, checkoutId);
  }
}
