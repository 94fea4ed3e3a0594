/** The simulated large sale: places and users are conserved, and its work is that of its users. */
import { expect, test } from 'vitest';
import type { CostTable } from '../../../../../scripts/simulate/large/costs.ts';
import { largeDefaults, largeSale, openingOf } from '../../../../../scripts/simulate/large/plan.ts';
import { figuresOf, predict, tableOf } from '../../../../../scripts/simulate/large/prediction.ts';
import { simulateLargeSale } from '../../../../../scripts/simulate/large/sale.ts';

const costs: CostTable = {
  api: { poll: 0.1, enter: 0.5, request: 0.5 },
  worker: { batch: 1, command: 0.2 },
  postgres: { batch: 1 },
  redis: {},
  sandbox: {},
  load: {},
  transactions: { batch: 1 },
  wal: {},
  batchTime: { batch: 3, enter: 0.1, command: 0.5 },
};
const options = { ...largeDefaults(10_000), places: 1000 };
const plan = largeSale(options);
const report = simulateLargeSale(plan, costs);

test('every queue sells everything, not before its admission has let in enough users', () => {
  for (const [index, after] of report.soldOutAfter.entries()) {
    const queue = plan.queues[index];
    const places = (queue?.seats ?? 0) + (queue?.areas ?? []).reduce((sum, each) => sum + each, 0);
    // Four places an order at most.
    const least = (places / 4 / (queue?.admitLimit ?? 1) - 1) * plan.windowSeconds;
    expect(after).toBeGreaterThan(least);
  }
});

test('all users enter, and those admitted buy', () => {
  const { work, admitted, waitingMax } = report;
  expect(work.enter).toBe(10_000);
  expect(waitingMax).toBe(10_000);
  expect(admitted).toBeGreaterThan(250);
  expect(work.request).toBeGreaterThan(admitted);
  expect(work.batch).toBeLessThanOrEqual(work.enter + work.command);
});

test('with no admission in the time of the arrivals, polls are those of a line at rest', () => {
  const quiet = largeSale({ ...options, admit: 3, settle: 200 });
  const { pollsMax } = simulateLargeSale({ ...quiet, triesMax: 1 }, costs);
  // The front of three queues polls faster than once in the longest pause.
  expect(pollsMax / (10_000 / quiet.pauseSeconds)).toBeCloseTo(1, 1);
});

test('nobody pays by card without a share, and a card payment has two commands of the system', () => {
  const points = simulateLargeSale(largeSale({ ...options, card: 0 }), costs).work;
  // Some have been sent, and are not in a lane yet.
  expect(points.request - points.command).toBeLessThan(5);
  const cards = simulateLargeSale(largeSale({ ...options, card: 1 }), costs).work;
  expect(cards.command).toBeGreaterThan(cards.request);
});

test('the same seed gives the same sale, and another seed another', () => {
  expect(simulateLargeSale(plan, costs).soldOutAfter).toEqual(report.soldOutAfter);
  const other = simulateLargeSale({ ...plan, seed: 2 }, costs);
  expect(other.soldOutAfter).not.toEqual(report.soldOutAfter);
});

test('a slower batch holds more commands', () => {
  const slow = { ...costs, batchTime: { batch: 30, enter: 0.1, command: 0.5 } };
  expect(simulateLargeSale(plan, slow).work.batch).toBeLessThan(report.work.batch / 2);
});

test('the prediction multiplies work with costs', () => {
  const { cpu, transactions, batches, seconds } = predict(plan, costs);
  expect(transactions).toBe(batches);
  expect(cpu.postgres).toBeCloseTo(batches / 1000);
  expect(seconds).toBeGreaterThan(openingOf(plan));
  const figures = figuresOf(plan, predict(plan, costs));
  const doubled = new Map([...figures].map(([name, value]) => [name, 2 * value]));
  const [, , ...rows] = tableOf([
    ['measured', figures],
    ['predicted', doubled],
  ]);
  expect(rows).toHaveLength(figures.size);
  expect(rows.filter((row) => !row.endsWith('| 100 % |') && !row.includes('| 0 |'))).toEqual([]);
});
