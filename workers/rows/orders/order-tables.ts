/** The orders and bookings of a batch in memory. */
import type { BookingRow, NewBookingRow, OrderRow } from '../rows.ts';
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

export class BookingTable extends Table<BookingRow, NewBookingRow> {
  readonly #byOrder = new Map<number, BookingRow[]>();
  readonly #bySeat = new Map<number, BookingRow[]>();
  readonly #byArea = new Map<number, BookingRow[]>();
  readonly #expiredByArea = new Map<number, { rows: BookingRow[]; next: number }>();

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

  /**
   * The loaded bookings of an area whose hold and grace period have expired, the longest expired first. They are sorted once,
   * because each command of a batch may look for some.
   * @param overBy by when their grace period ended; the same in each call
   */
  *expiredIn(areaId: number, overBy: Date): Iterable<BookingRow> {
    const expired = this.#expiredByArea.get(areaId) ?? this.#sortExpired(areaId, overBy);
    // Those ended, paid or prolonged by commands before stand at the beginning, and are not looked at again.
    while (expired.next < expired.rows.length) {
      if (isExpiredInArea(expired.rows[expired.next] as BookingRow, overBy)) break;
      expired.next += 1;
    }
    for (let at = expired.next; at < expired.rows.length; at += 1) {
      const booking = expired.rows[at] as BookingRow;
      if (isExpiredInArea(booking, overBy)) yield booking;
    }
  }

  #sortExpired(areaId: number, overBy: Date) {
    const rows = (this.#byArea.get(areaId) ?? [])
      .filter((booking) => isExpiredInArea(booking, overBy))
      .toSorted(
        (one, other) =>
          Number(one.areaHeldUntil) - Number(other.areaHeldUntil) || one.id - other.id,
      );
    const expired = { rows, next: 0 };
    this.#expiredByArea.set(areaId, expired);
    return expired;
  }

  /** The loaded live booking of a seat: a held or sold seat has one. */
  liveOn(seatId: number): BookingRow | undefined {
    return this.#bySeat.get(seatId)?.find(({ endedAs }) => endedAs === null);
  }
}

/** A place of an area is kept until some time while its order is held, and for good once it is paid. */
function isExpiredInArea({ endedAs, areaHeldUntil }: BookingRow, overBy: Date): boolean {
  return endedAs === null && areaHeldUntil !== null && areaHeldUntil <= overBy;
}

function addTo<Item>(lists: Map<number, Item[]>, key: number, item: Item): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}
