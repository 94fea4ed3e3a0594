/** A sliding window of ten seconds: it never admits too many commands, and old commands no longer count. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SlidingWindow } from '../../../../src/lanes/rate-limit/sliding-window.ts';

const BEGIN = 1_780_000_000_050;

/** Sends commands at these times, in ms from the start. @returns the accepted ones, and the waits of the others */
function send(limit: number, moments: readonly number[]) {
  const window = new SlidingWindow();
  const admitted: number[] = [];
  const refused: { at: number; waitMs: number }[] = [];
  for (const at of moments) {
    if (window.total(BEGIN + at) < limit) {
      window.add(BEGIN + at);
      admitted.push(at);
    } else {
      refused.push({ at, waitMs: window.msUntilBelow(limit, BEGIN + at) });
    }
  }
  return { admitted, refused };
}

const times = (count: number, at: number) => Array.from({ length: count }, () => at);

test('commands of the previous window do not count in the next one', () => {
  const moments = [
    ...times(93, 0),
    ...times(3, 10_100),
    ...times(20, 11_700),
    ...times(77, 12_000),
  ];
  expect(send(100, moments).refused).toEqual([]);
  expect(send(100, [...moments, 12_100]).refused).toEqual([{ at: 12_100, waitMs: 8000 }]);
});

test('a user who sends steadily up to the limit is never refused', () => {
  const moments = Array.from({ length: 1000 }, (_, n) => n * 101);
  expect(send(100, moments).refused).toEqual([]);
});

test('no ten seconds have more commands than the limit, and no refusal lasts too long', () => {
  const gaps = fc.array(fc.oneof(fc.nat(20), fc.nat(3000), fc.nat(15_000)), { maxLength: 80 });
  const property = fc.property(gaps, fc.integer({ min: 1, max: 12 }), (between, limit) => {
    let at = 0;
    const moments = between.map((gap) => {
      at += gap;
      return at;
    });
    const { admitted, refused } = send(limit, moments);
    const within = (from: number, to: number) =>
      admitted.filter((moment) => moment >= from && moment <= to).length;
    for (const moment of admitted) expect(within(moment, moment + 9999)).toBeLessThanOrEqual(limit);
    for (const { at: moment, waitMs } of refused) {
      expect(within(moment - 10_099, moment)).toBeGreaterThanOrEqual(limit);
      expect(waitMs).toBeGreaterThan(0);
      expect(waitMs).toBeLessThanOrEqual(10_000);
      const again = [...admitted.filter((each) => each <= moment), moment + waitMs];
      expect(send(limit, again).refused).toEqual([]);
    }
  });
  fc.assert(property, { numRuns: 300 });
});

test('commands accepted by other processes count too, and a loss of data in Redis does not lower the count', () => {
  const window = new SlidingWindow();
  window.add(BEGIN);
  window.add(BEGIN);
  expect(window.untold).toBe(2);
  const [[slot, count] = [0, 0]] = window.takeUntold();
  expect({ count, untold: window.untold }).toEqual({ count: 2, untold: 0 });
  window.merge(slot, 5, BEGIN);
  expect(window.total(BEGIN)).toBe(5);
  window.merge(slot, 1, BEGIN);
  window.merge(slot - 50, 3, BEGIN);
  expect(window.total(BEGIN)).toBe(8);
  expect(window.total(BEGIN + 6000)).toBe(5);
  expect(window.total(BEGIN + 10_000)).toBe(0);
});
