/** Tells a new code from the one that is still in front of the camera. */

/** A code that was out of sight for so long is a new scan, in ms. */
const GONE_MS = 2000;

export class Repeats {
  #last: string | undefined;
  #seenAt = 0;

  /**
   * @param code what the camera sees
   * @param now in ms
   * @param isBusy whether a scan is being checked: another code is then new once it has ended
   */
  isNew(code: string, now: number, isBusy = false): boolean {
    const isSame = code === this.#last && now - this.#seenAt < GONE_MS;
    if (isBusy && !isSame) return false;
    this.#last = code;
    this.#seenAt = now;
    return !isSame;
  }
}
