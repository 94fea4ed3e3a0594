/** A simulated sale: users and seats are conserved, and its figures match calculations by hand. */
import { beforeAll, describe, expect, test } from 'vitest';
import { MEASURED } from '../../../../scripts/simulate/costs.ts';
import {
  type SaleReport,
  type SaleSettings,
  simulateSale,
} from '../../../../scripts/simulate/sale.ts';
import { AREA_ROW } from '../../../../scripts/simulate/system.ts';

const settings: SaleSettings = {
  users: 20_000,
  seats: 1000,
  standing: 0,
  standingShare: 0.3,
  rushSeconds: 20,
  admitPerSecond: 50,
  thinkSeconds: 2,
  payShare: 0.8,
  holdSeconds: 60,
  seed: 1,
  batchSize: 256,
  costs: MEASURED,
  apiProcesses: 2,
  workerProcesses: 2,
  redisNodes: 1,
  postgresCores: 2,
};

describe.each([
  ['more users than seats', {}],
  ['more seats than users', { users: 500 }],
  ['nobody pays', { users: 500, payShare: 0 }],
  ['everybody pays', { payShare: 1 }],
  ['no seat', { seats: 0 }],
  ['some users want one of few standing places', { standing: 300 }],
  ['standing places alone', { seats: 0, standing: 1000, standingShare: 1 }],
  ['more standing places than users', { users: 500, standing: 1000 }],
])('%s', (_, change) => {
  const all = { ...settings, ...change };
  let users: SaleReport['users'];
  let seats: SaleReport['seats'];
  let standing: SaleReport['standing'];
  let latencies: SaleReport['latencies'];
  beforeAll(() => {
    ({ users, seats, standing, latencies } = simulateSale(all));
  });

  test('every user is accounted for', () => {
    const { paid, foundNone, didNotPay, neverAdmitted } = users;
    expect(paid + foundNone + didNotPay + neverAdmitted).toBe(all.users);
    expect(latencies.enter).toHaveLength(all.users);
  });

  test('every place is accounted for, and has at most one payer', () => {
    expect(seats.paid + seats.left).toBe(all.seats);
    expect(standing.paid + standing.left).toBe(all.standing);
    expect(users.paid).toBe(seats.paid + standing.paid);
    expect(seats.left).toBeGreaterThanOrEqual(0);
    expect(standing.left).toBeGreaterThanOrEqual(0);
  });
});

test('the same seed gives the same sale, and another seed another sale', () => {
  const { overAt } = simulateSale(settings);
  expect(simulateSale(settings).overAt).toBe(overAt);
  expect(simulateSale({ ...settings, seed: 2 }).overAt).not.toBe(overAt);
});

test('the number of active users is the admission rate times the duration of the stay (Little’s law)', () => {
  // Nobody is refused, so a stay consists of three think times: reading, choosing and paying.
  const { overAt, activeMax } = simulateSale({ ...settings, seats: 20_000, payShare: 1 });
  expect(overAt / (20_000 / 50)).toBeCloseTo(1, 1);
  expect(activeMax / (50 * 3 * 2)).toBeGreaterThan(0.9);
  expect(activeMax / (50 * 3 * 2)).toBeLessThan(1.3);
});

test('the total work is the sum of the costs of all requests', () => {
  const quiet = {
    ...settings,
    seats: 20_000,
    payShare: 1,
    costs: { ...MEASURED, poll: 0, hear: 0 },
  };
  const { tiers, overAt, latencies } = simulateSale(quiet);
  const { enter, buy } = MEASURED.commands;
  const work =
    latencies.enter.length * enter.api + latencies.buy.length * buy.api + 20_000 * MEASURED.seats;
  const api = tiers.find(({ name }) => name === 'API processes');
  const bins = Math.ceil(overAt / 10) * 10;
  expect((api?.share ?? 0) * bins * 2 * 1000).toBeCloseTo(work, 0);
});

test('a part that is too small for the sale is the bottleneck', () => {
  const expensive = {
    ...MEASURED,
    commands: { ...MEASURED.commands, buy: { ...MEASURED.commands.buy, postgres: 10 } },
  };
  const { tiers } = simulateSale({ ...settings, costs: expensive, postgresCores: 1 });
  const peaks = tiers.map(({ name, peak }) => [name, peak] as const);
  expect(peaks.filter(([, peak]) => peak > 0.95).map(([name]) => name)).toEqual([
    'PostgreSQL cores',
  ]);
});

test('standing places are bought by the share of users who want them, and their row is locked meanwhile', () => {
  const many = { ...settings, users: 2000, seats: 20_000, standing: 20_000, payShare: 1 };
  const { users, standing, tiers } = simulateSale(many);
  expect(users.paid).toBe(2000);
  expect(standing.paid / 2000).toBeCloseTo(0.3, 1);
  const row = tiers.find(({ name }) => name === AREA_ROW);
  expect(row?.share).toBeGreaterThan(0);
  expect(simulateSale({ ...many, standing: 0 }).tiers.at(-1)).toMatchObject({ share: 0 });
});

test('one area is as fast as one batch after the other, with four workers as with sixteen', () => {
  const rush = (workerProcesses: number) =>
    simulateSale({
      ...settings,
      users: 1000,
      seats: 0,
      standing: 1000,
      standingShare: 1,
      payShare: 1,
      admitPerSecond: 1000,
      costs: { ...MEASURED, batch: { ...MEASURED.batch, postgres: 50 } },
      apiProcesses: 20,
      workerProcesses,
      postgresCores: 16,
      // Larger batches would hold fewer commands of the area each if there are more workers.
      batchSize: 1,
    });
  const [few, many] = [rush(4), rush(16)];
  expect(Math.abs(many.overAt / few.overAt - 1)).toBeLessThan(0.1);
  for (const { tiers } of [few, many]) {
    const peaks = tiers.map(({ name, peak }) => [name, peak] as const);
    expect(peaks.filter(([, peak]) => peak > 0.95).map(([name]) => name)).toContain(AREA_ROW);
  }
});
