/** Values of gauges that are read from services when the metrics are scraped. */
import { setTimeout as delay } from 'node:timers/promises';

export interface Times {
  /** How long a value is used, in ms. */
  freshMs: number;
  /** How long a scrape waits for a value, in ms: the other metrics matter most while a service does not respond. */
  waitMs: number;
}

export const TIMES: Times = { freshMs: 5000, waitMs: 1000 };

/**
 * @returns a function that reads a value at most every `freshMs`, and never while a read is unanswered; undefined if that fails or
 *   takes too long
 */
export function cached<Value>(
  read: () => Promise<Value>,
  { freshMs, waitMs }: Times,
): () => Promise<Value | undefined> {
  let last: Promise<Value | undefined> | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  let isReading = false;
  return () => {
    if (!last || (!isReading && performance.now() - readAt >= freshMs)) {
      readAt = performance.now();
      isReading = true;
      last = read()
        .catch(() => undefined)
        .finally(() => {
          isReading = false;
        });
    }
    return Promise.race([last, delay(waitMs, undefined, { ref: false })]);
  };
}
