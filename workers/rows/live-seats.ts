/** Counts users' live bookings per schedule, for the seat limit per user. */

/** Live bookings are held or paid. An expired hold counts as live until it is ended. */
export class LiveSeats {
  readonly #counts = new Map<string, number>();
  /** Expired holds: user and schedule by seat, and seats by user and schedule. */
  readonly #holds = new Map<number, string>();
  readonly #seats = new Map<string, Set<number>>();

  /** @param expiredSeatIds the seats of the expired holds among the live bookings, oldest first */
  load(userId: number, scheduleId: number, count: number, expiredSeatIds: readonly number[]): void {
    this.add(userId, scheduleId, count);
    const owner = `${userId} ${scheduleId}`;
    this.#seats.set(owner, new Set(expiredSeatIds));
    for (const seatId of expiredSeatIds) this.#holds.set(seatId, owner);
  }

  of(userId: number, scheduleId: number): number {
    return this.#counts.get(`${userId} ${scheduleId}`) ?? 0;
  }

  /** The seats of the user's holds that had expired when the batch began, oldest first; some may be in their grace period. */
  expiredHoldsOf(userId: number, scheduleId: number): number[] {
    return [...(this.#seats.get(`${userId} ${scheduleId}`) ?? [])];
  }

  add(userId: number, scheduleId: number, count: number): void {
    this.#counts.set(`${userId} ${scheduleId}`, this.of(userId, scheduleId) + count);
  }

  endHold(seatId: number): void {
    const owner = this.#holds.get(seatId);
    if (owner === undefined) return;
    this.#holds.delete(seatId);
    this.#seats.get(owner)?.delete(seatId);
    this.#counts.set(owner, (this.#counts.get(owner) ?? 0) - 1);
  }
}
