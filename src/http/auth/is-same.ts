/** Compares secrets. */
import { hash, timingSafeEqual } from 'node:crypto';

/** Compares hashes in constant time, so that the duration tells neither the length nor the first difference. */
export function isSame(given: string, expected: string): boolean {
  return timingSafeEqual(hash('sha256', given, 'buffer'), hash('sha256', expected, 'buffer'));
}
