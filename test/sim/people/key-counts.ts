/** Counts the idempotency keys of each user: a user's commands that took effect are at most as many. */
export class KeyCounts {
  readonly #ofUser = new Map<string, Set<string>>();

  /** A request with this key is about to be sent. */
  begin(subject: string, key: string): void {
    const keys = this.#ofUser.get(subject) ?? new Set();
    this.#ofUser.set(subject, keys.add(key));
  }

  /** The only request with this key was refused before it became a command. */
  refuse(subject: string, key: string): void {
    this.#ofUser.get(subject)?.delete(key);
  }

  /** @returns undefined for a user who sends no commands of their own */
  of(subject: string): number | undefined {
    return this.#ofUser.get(subject)?.size;
  }
}
