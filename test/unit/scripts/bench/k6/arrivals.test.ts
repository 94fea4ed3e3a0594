/** When iterations start under k6's arrival rates. */
import { expect, test } from 'vitest';
import { arrivalsOf, type Scenario } from '../../../../../scripts/bench/k6/arrivals.ts';

const common = { timeUnit: '1m', maxVUs: 10, gracefulStop: '30s' };

test('a constant rate starts iterations at equal distances', () => {
  const { totalMs, dueAt, perSecondAt } = arrivalsOf({
    ...common,
    executor: 'constant-arrival-rate',
    rate: 120,
    duration: '5s',
  });
  expect(totalMs).toBe(5000);
  expect([0, 499, 500, 1000, 5000].map(dueAt)).toEqual([0, 0, 1, 2, 10]);
  expect(perSecondAt(4000)).toBeCloseTo(2);
});

test('a rate changes evenly within a stage, and at once in one without length', () => {
  const { totalMs, dueAt, perSecondAt } = arrivalsOf({
    ...common,
    executor: 'ramping-arrival-rate',
    startRate: 0,
    stages: [
      { target: 600, duration: '10s' },
      { target: 6000, duration: '0s' },
      { target: 6000, duration: '1s' },
    ],
  });
  expect(totalMs).toBe(11_000);
  expect([5000, 10_000, 10_500, 11_000].map(dueAt)).toEqual([12, 50, 100, 150]);
  expect([5000, 10_500].map((ms) => Math.round(perSecondAt(ms)))).toEqual([5, 100]);
});

test('an executor that is not implemented is refused', () => {
  const other = { ...common, executor: 'ramping-vus' } as unknown as Scenario;
  expect(() => arrivalsOf(other)).toThrow('ramping-vus is not implemented');
});
