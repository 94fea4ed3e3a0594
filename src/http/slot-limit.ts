/** How many of one kind a process holds open at a time, in all and for one user, so that no user takes them all. */

export interface SlotLimits {
  /** Open at a time in this process. */
  max: number;
  /** Open at a time for one user in this process. */
  perUser: number;
}

export class SlotLimit {
  readonly #limits: SlotLimits;
  readonly #openOf = new Map<string, number>();
  #open = 0;
  #refused = 0;

  constructor(limits: SlotLimits) {
    this.#limits = limits;
  }

  /** Takes a slot for a user, to be released once. @returns false where none is left */
  tryAcquire(subject: string): boolean {
    const { max, perUser } = this.#limits;
    const own = this.#openOf.get(subject) ?? 0;
    if (this.#open >= max || own >= perUser) {
      this.#refused += 1;
      return false;
    }
    this.#open += 1;
    this.#openOf.set(subject, own + 1);
    return true;
  }

  release(subject: string): void {
    const own = this.#openOf.get(subject) ?? 0;
    this.#open -= 1;
    if (own > 1) this.#openOf.set(subject, own - 1);
    else this.#openOf.delete(subject);
  }

  /** Slots taken now. */
  get open(): number {
    return this.#open;
  }

  get max(): number {
    return this.#limits.max;
  }

  /** How often there was no slot left since the process started. */
  get refused(): number {
    return this.#refused;
  }
}
