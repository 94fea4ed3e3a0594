/** Counts users' live bookings per schedule, for the seat limit per user. */

/** A hold that had expired when the batch began, and still counts. */
export interface ExpiredHold {
  bookingId: number;
  orderId: number;
  /** null for a place of an area. */
  seatId: number | null;
  /** Whether its grace period has expired too; for a seat its locked row says so. */
  isRunOut: boolean;
}

/** Live bookings are held or paid. An expired hold counts as live until it is ended. */
export class LiveSeats {
  readonly #counts = new Map<string, number>();
  /** Expired holds: user and schedule by booking, and holds by user and schedule. */
  readonly #owners = new Map<number, string>();
  readonly #holds = new Map<string, Map<number, ExpiredHold>>();

  /** @param expired the expired holds among the live bookings, oldest first */
  load(userId: number, scheduleId: number, count: number, expired: readonly ExpiredHold[]): void {
    this.add(userId, scheduleId, count);
    const owner = `${userId} ${scheduleId}`;
    this.#holds.set(owner, new Map(expired.map((hold) => [hold.bookingId, hold])));
    for (const { bookingId } of expired) this.#owners.set(bookingId, owner);
  }

  of(userId: number, scheduleId: number): number {
    return this.#counts.get(`${userId} ${scheduleId}`) ?? 0;
  }

  /** The user's holds that had expired when the batch began, oldest first; some may be in their grace period. */
  expiredHoldsOf(userId: number, scheduleId: number): ExpiredHold[] {
    return [...(this.#holds.get(`${userId} ${scheduleId}`)?.values() ?? [])];
  }

  /** All expired holds that were loaded. */
  *expiredHolds(): Iterable<ExpiredHold> {
    for (const holds of this.#holds.values()) yield* holds.values();
  }

  add(userId: number, scheduleId: number, count: number): void {
    this.#counts.set(`${userId} ${scheduleId}`, this.of(userId, scheduleId) + count);
  }

  endHold(bookingId: number): void {
    const owner = this.keepHold(bookingId);
    if (owner !== undefined) this.#counts.set(owner, (this.#counts.get(owner) ?? 0) - 1);
  }

  /** A hold that had expired was prolonged: it goes on to count. @returns its user and schedule if it had expired */
  keepHold(bookingId: number): string | undefined {
    const owner = this.#owners.get(bookingId);
    if (owner === undefined) return undefined;
    this.#owners.delete(bookingId);
    this.#holds.get(owner)?.delete(bookingId);
    return owner;
  }
}
