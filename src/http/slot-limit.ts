/** A concurrency limit per process and per user, so that one user cannot take all slots. */

export interface SlotLimits {
  /** Slots in this process. */
  max: number;
  /** Slots that one user may take in this process. */
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

  /** Takes a slot for a user; the caller releases it once. @returns false if no slot is left */
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

  /** Slots in use. */
  get open(): number {
    return this.#open;
  }

  get max(): number {
    return this.#limits.max;
  }

  /** How often no slot was left since the process started. */
  get refused(): number {
    return this.#refused;
  }
}
