/** Keeps a reason that concerns thousands of calls from filling the log. */

/** Minimum time between two log lines about one reason, in ms. */
const LOGGED_EVERY_MS = 60_000;
/** Of more reasons, the one that was logged longest ago is forgotten. */
const REASONS_MAX = 100;

export class LoggedReasons {
  /** When each reason was logged, in ms; the longest ago comes first. */
  readonly #loggedAt = new Map<string, number>();

  /**
   * Notes that a reason is logged, unless it was within the last minute.
   * @param now in ms, of any clock that never goes back
   * @returns whether to log it
   */
  isDue(reason: string, now = performance.now()): boolean {
    if (now - (this.#loggedAt.get(reason) ?? -Infinity) < LOGGED_EVERY_MS) return false;
    // Deleted first, because a key that is set again keeps its place.
    this.#loggedAt.delete(reason);
    const [oldest] = this.#loggedAt.keys();
    if (oldest !== undefined && this.#loggedAt.size >= REASONS_MAX) this.#loggedAt.delete(oldest);
    this.#loggedAt.set(reason, now);
    return true;
  }
}
