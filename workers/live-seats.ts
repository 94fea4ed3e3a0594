/** How many live bookings users have in schedules, as a batch counts them against the limit of seats a user. */

/** The live bookings, held or paid, of users in schedules. A hold that has run out is live until it is ended. */
export class LiveSeats {
  readonly #counts = new Map<string, number>();
  /** The user and schedule of each loaded hold, by its seat. */
  readonly #holds = new Map<number, string>();

  /** @param heldSeatIds the seats of those among them that are held, the oldest first */
  load(userId: number, scheduleId: number, count: number, heldSeatIds: readonly number[]): void {
    this.add(userId, scheduleId, count);
    for (const seatId of heldSeatIds) this.#holds.set(seatId, `${userId} ${scheduleId}`);
  }

  of(userId: number, scheduleId: number): number {
    return this.#counts.get(`${userId} ${scheduleId}`) ?? 0;
  }

  /** The seats that the user held in the schedule when the batch began, the oldest hold first. */
  heldBy(userId: number, scheduleId: number): number[] {
    const owner = `${userId} ${scheduleId}`;
    return [...this.#holds].flatMap(([seatId, each]) => (each === owner ? [seatId] : []));
  }

  add(userId: number, scheduleId: number, count: number): void {
    this.#counts.set(`${userId} ${scheduleId}`, this.of(userId, scheduleId) + count);
  }

  endHold(seatId: number): void {
    const owner = this.#holds.get(seatId);
    if (owner === undefined) return;
    this.#holds.delete(seatId);
    this.#counts.set(owner, (this.#counts.get(owner) ?? 0) - 1);
  }
}
