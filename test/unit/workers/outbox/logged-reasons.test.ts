/** A reason why calls wait is logged once a minute. */
import { expect, test } from 'vitest';
import { LoggedReasons } from '../../../../workers/outbox/logged-reasons.ts';

test('a reason is logged once a minute, whatever other reasons are', () => {
  const reasons = new LoggedReasons();
  expect(reasons.isDue('one', 0)).toBe(true);
  expect(reasons.isDue('other', 1)).toBe(true);
  expect(reasons.isDue('one', 59_999)).toBe(false);
  expect(reasons.isDue('one', 60_000)).toBe(true);
  expect(reasons.isDue('one', 60_001)).toBe(false);
});

test('of more than a hundred reasons, the one that was logged longest ago is forgotten', () => {
  const reasons = new LoggedReasons();
  for (let reason = 0; reason < 100; reason += 1) reasons.isDue(`${reason}`, 0);
  reasons.isDue('0', 60_000);
  expect(reasons.isDue('one more', 60_000)).toBe(true);
  expect(reasons.isDue('0', 60_001)).toBe(false);
  expect(reasons.isDue('2', 59_999)).toBe(false);
  expect(reasons.isDue('1', 59_999)).toBe(true);
});
