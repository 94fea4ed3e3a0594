/** The simulator of test/sim: a seed gives one run, a seed breaks nothing, and a planted bug is found. */
import { describe, expect, test } from 'vitest';
import { clock } from '../sim/host/clock.ts';
import { clearTimer, setTimer, takeDue } from '../sim/host/timers.ts';
import { simulate } from '../sim/simulate.ts';

describe('a simulation', () => {
  test('of one seed is the same, step for step, and breaks no promise', async () => {
    const run = { seed: 42, steps: 1000 };
    const [one, other] = [await simulate(run), await simulate(run)];
    expect(one.broken).toBeUndefined();
    expect(other.digest).toBe(one.digest);
    expect(one.steps).toBeGreaterThan(run.steps);
    expect(one.commands).toBeGreaterThan(20);
  });

  test('finds a planted bug', async () => {
    const found = await simulate({
      seed: 1,
      steps: 1000,
      bug: 'a number of the queue is left out',
    });
    expect(found.broken).toMatch(/is the next one/);
  });
});

test('a timer of Node that is cleared ends no simulated timer with its number', () => {
  let fired = 0;
  const { id } = setTimer(() => {
    fired += 1;
  }, 1);
  // Node's own timers become numbers in the same way.
  clearTimer({ [Symbol.toPrimitive]: () => id });
  clock.now += 2;
  for (let due = takeDue(); due; due = takeDue()) due();
  expect(fired).toBe(1);
});
