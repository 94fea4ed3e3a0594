/** The usage of the large sale, from metrics and as samples for the costs. */
import { expect, test } from 'vitest';
import { costsAtRest, samplesOf, takeMsFor } from '../../../../../scripts/bench/sale/calibrate.ts';
import { sumOf, type Usage } from '../../../../../scripts/bench/sale/usage.ts';
import { readCosts } from '../../../../../scripts/simulate/large/costs.ts';
import { largeDefaults, largeSale } from '../../../../../scripts/simulate/large/plan.ts';
import { predict } from '../../../../../scripts/simulate/large/prediction.ts';

test('a metric is summed over its labels, and no other metric counts', () => {
  const metrics = [
    '# TYPE ended_total counter',
    'ended_total{reason="away"} 2',
    'ended_total{reason="sold-out"} 3.5',
    'ended_total_more 100',
    'plain 7',
  ].join('\n');
  expect(sumOf(metrics, 'ended_total')).toBe(5.5);
  expect(sumOf(metrics, 'plain')).toBe(7);
});

function usageAt(at: number, grown = 0): Usage {
  return {
    at,
    cpu: { api: grown, worker: 0, postgres: 0, redis: 0, sandbox: 0, load: 0 },
    transactions: 0,
    walMb: 0,
    batches: 0,
    commands: 3 * grown,
    batchSeconds: 0,
    ended: 0,
    polls: 5 * grown,
    entered: grown,
    requests: 0,
    reads: 0,
    waited: 0,
    apiMb: 200,
  };
}

test('samples are the differences of usages; a short one is joined with the next', () => {
  const [first, second, ...more] = samplesOf([
    usageAt(0),
    usageAt(5, 1),
    usageAt(5.2, 2),
    usageAt(10, 4),
  ]);
  expect(more).toEqual([]);
  expect(first?.work).toMatchObject({ second: 5, poll: 5, enter: 1, command: 2 });
  expect(first?.used.api).toBe(1000);
  expect(second?.work).toMatchObject({ second: 5, poll: 15, enter: 3, command: 6 });
});

test('a second, a waiting user and a poll cost what is used before users come, and while they wait', () => {
  const between = (seconds: number, users: number, cpuMs: number) => {
    const [sample] = samplesOf([usageAt(0), usageAt(seconds, 1)]);
    if (!sample) throw new Error('There is no sample.');
    const work = { ...sample.work, second: seconds, waiter: users * seconds, poll: 100 };
    return { work, used: { ...sample.used, api: cpuMs, postgres: cpuMs } };
  };
  const costs = costsAtRest({ idle: between(10, 0, 50), waiting: between(20, 1000, 300) });
  expect(costs.api).toEqual({ second: 5, poll: 2 });
  expect(costs.postgres).toEqual({ second: 5, waiter: 0.01 });
  // Less than before users came is nothing, not a gain.
  const less = costsAtRest({ idle: between(10, 0, 50), waiting: between(20, 1000, 90) });
  expect(less.postgres).toEqual({ second: 5, waiter: 0 });
});

test('a worker takes commands as fast as gives the simulated sale as many batches as the real one had', () => {
  const plan = largeSale(largeDefaults(4000));
  const costs = readCosts();
  const batchesOf = (takeMs: number) => predict(plan, { ...costs, takeMs }, 3).batches;
  expect(batchesOf(2)).toBeGreaterThan(1.3 * batchesOf(32));
  for (const takeMs of [2, 32]) {
    const found = takeMsFor(plan, costs, batchesOf(takeMs));
    expect(Math.abs(batchesOf(found) / batchesOf(takeMs) - 1)).toBeLessThan(0.12);
  }
});
