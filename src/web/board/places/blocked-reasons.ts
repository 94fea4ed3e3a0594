/** Why seats are blocked. The stream says that a seat is blocked and not why, so reasons are also read. */
import type { Seat } from '../../../commands/schemas/resources.ts';
import { BLOCKED, type SeatStates } from '../../map/seat-states.ts';

/** The blocked seats with one reason; null: it is not known yet. */
export interface ReasonGroup {
  reason: string | null;
  /** In the order of the seats. */
  indexes: number[];
}

export class BlockedReasons {
  readonly #states: SeatStates;
  readonly #reasons = new Map<number, string>();
  readonly #unknown = new Set<number>();

  /** @param states whose seats an operator has read */
  constructor(states: SeatStates) {
    this.#states = states;
    this.take(states.seats);
  }

  /** undefined if the seat is not blocked, or the reason is not known yet */
  of(index: number): string | undefined {
    return this.#isBlocked(index) ? this.#reasons.get(index) : undefined;
  }

  /** Notes that an operator has blocked the seats here. */
  note(seatIds: Iterable<number>, reason: string): void {
    for (const seatId of seatIds) {
      const index = this.#states.indexOf(seatId);
      if (index === undefined) continue;
      this.#reasons.set(index, reason);
      this.#unknown.delete(index);
    }
  }

  /** Takes over the reasons of seats that were just read. */
  take(seats: readonly Seat[]): void {
    for (const { id, blockedReason } of seats) if (blockedReason) this.note([id], blockedReason);
  }

  /**
   * Forgets the reasons of seats that are no longer blocked: the next ones may differ.
   * @param indexes the seats whose state has changed
   */
  change(indexes: readonly number[]): void {
    for (const index of indexes) {
      if (!this.#isBlocked(index)) {
        this.#reasons.delete(index);
        this.#unknown.delete(index);
      } else if (!this.#reasons.has(index)) this.#unknown.add(index);
    }
  }

  /** Whether the reason of a blocked seat has to be read. */
  get isAnyUnknown(): boolean {
    return this.#unknown.size > 0;
  }

  /** All blocked seats by reason, in the order of their first seats. */
  get groups(): ReasonGroup[] {
    const groups = new Map<string | null, ReasonGroup>();
    this.#states.codes.forEach((code, index) => {
      if (code !== BLOCKED) return;
      const reason = this.#reasons.get(index) ?? null;
      const group = groups.get(reason);
      if (group) group.indexes.push(index);
      else groups.set(reason, { reason, indexes: [index] });
    });
    return [...groups.values()];
  }

  #isBlocked(index: number): boolean {
    return this.#states.codes[index] === BLOCKED;
  }
}
