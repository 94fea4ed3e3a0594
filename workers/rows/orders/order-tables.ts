/** The orders and bookings of a batch in memory. */
import type { BookingRow, OrderRow } from '../rows.ts';
import { Table } from '../table.ts';

/** What a payment needs to know of the other orders of its queue entry. */
export type HeldOrder = Pick<OrderRow, 'id' | 'entryId' | 'holdExpiresAt'>;

export class OrderTable extends Table<OrderRow> {
  readonly #byEntry = new Map<number, OrderRow[]>();

  constructor() {
    super((order) => order.id);
  }

  override load(order: OrderRow): void {
    super.load(order);
    if (order.entryId !== null) addTo(this.#byEntry, order.entryId, order);
  }

  /** The loaded orders that were placed under a queue entry. */
  ofEntry(entryId: number): readonly OrderRow[] {
    return this.#byEntry.get(entryId) ?? [];
  }
}

export class BookingTable extends Table<BookingRow> {
  readonly #byOrder = new Map<number, BookingRow[]>();
  readonly #bySeat = new Map<number, BookingRow[]>();
  readonly #byArea = new Map<number, BookingRow[]>();

  constructor() {
    super((booking) => booking.id);
  }

  override load(booking: BookingRow): void {
    super.load(booking);
    addTo(this.#byOrder, booking.orderId, booking);
    if (booking.seatId !== null) addTo(this.#bySeat, booking.seatId, booking);
    if (booking.areaId !== null) addTo(this.#byArea, booking.areaId, booking);
  }

  /** All bookings of a loaded order, in the order of their ids. */
  ofOrder(orderId: number): readonly BookingRow[] {
    return this.#byOrder.get(orderId) ?? [];
  }

  /** The loaded bookings of an area whose hold and grace period have expired, the longest expired first. */
  expiredIn(areaId: number, now: Date): BookingRow[] {
    const expired = (this.#byArea.get(areaId) ?? []).filter(
      ({ state, areaHeldUntil }) =>
        state === 'held' && areaHeldUntil !== null && areaHeldUntil <= now,
    );
    return expired.toSorted(
      (one, other) => Number(one.areaHeldUntil) - Number(other.areaHeldUntil) || one.id - other.id,
    );
  }

  /** The loaded booking that holds a seat. */
  heldOn(seatId: number): BookingRow | undefined {
    return this.#bySeat.get(seatId)?.find(({ state }) => state === 'held');
  }
}

function addTo<Item>(lists: Map<number, Item[]>, key: number, item: Item): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}
