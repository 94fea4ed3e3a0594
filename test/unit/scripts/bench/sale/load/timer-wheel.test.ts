/** The timer wheel hands over each item once, not before its time and within a slot after it. */
import { expect, test } from 'vitest';
import { TimerWheel } from '../../../../../../scripts/bench/sale/load/timer-wheel.ts';
import { seededRandom } from '../../../../../../scripts/simulate/seeded-random.ts';

const SLOT_MS = 10;

test('every item is due once, after its delay and within a slot', () => {
  const random = seededRandom(1);
  const wheel = new TimerWheel(5000);
  const dueAt = new Map<number, number>();
  const late: number[] = [];
  let item = 0;
  for (let now = 0; now <= 20_000; now += 7) {
    wheel.advance(now, (due) => {
      late.push(now - (dueAt.get(due) ?? Number.NaN));
      dueAt.delete(due);
    });
    if (now > 14_000) continue;
    const delay = random() * 5000;
    // Delays count from the slot that has passed last.
    dueAt.set(item, Math.floor(now / SLOT_MS) * SLOT_MS + delay);
    wheel.put(item, delay);
    item += 1;
  }
  expect(dueAt.size).toBe(0);
  expect(wheel.size).toBe(0);
  expect(late).toHaveLength(item);
  expect(Math.min(...late)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...late)).toBeLessThan(2 * SLOT_MS + 7);
});

test('an item that is put while it is due waits for its next time', () => {
  const wheel = new TimerWheel(100);
  const seen: number[] = [];
  wheel.put(1, 20);
  for (let now = 0; now <= 100; now += 10) {
    wheel.advance(now, (item) => {
      seen.push(now);
      wheel.put(item, 30);
    });
  }
  expect(seen).toEqual([20, 50, 80]);
});

test('a late wheel hands over everything that has become due meanwhile', () => {
  const wheel = new TimerWheel(1000);
  for (const item of [1, 2, 3]) wheel.put(item, item * 100);
  const seen: number[] = [];
  wheel.advance(900, (item) => seen.push(item));
  expect(seen).toEqual([1, 2, 3]);
});

test('a delay beyond the horizon is an error', () => {
  expect(() => new TimerWheel(100).put(1, 200)).toThrow('beyond the horizon');
});
