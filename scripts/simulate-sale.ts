/**
 * `npm run simulate`: simulates a sale on hardware of any size, from the costs that were measured on one machine
 * (simulate/costs.ts). Prints the utilisation of each part, the bottleneck, the latencies, and the duration of the
 * sale.
 *
 *   node scripts/simulate-sale.ts [--users 1000000] [--seats 50000] [--rush 120] [--admit 250] [--think 10]
 *     [--pay 0.9] [--hold 300] [--api 12] [--workers 2] [--redis 1] [--postgres 4] [--batch 256] [--seed 1]
 *     [--standing 0] [--standing-share 0.3]      places of an area, and the share of the users who want one
 *
 * With `--large` it predicts the sale of `npm run bench:sale -- --large`, whose options it takes, from costs that a small run of it has measured
 * (by default simulate/large/costs.json).
 *
 *   node scripts/simulate-sale.ts --large [--users 200000] … [--costs FILE]
 */
import { readCommandLine, refuseUsage } from '../src/config/command-line.ts';
import { percentile } from './bench/compare/figures.ts';
import { MEASURED } from './simulate/costs.ts';
import { readCosts } from './simulate/large/costs.ts';
import { LARGE_OPTIONS, readLargeOptions } from './simulate/large/options.ts';
import { largeSale } from './simulate/large/plan.ts';
import { figuresOf, predict, tableOf } from './simulate/large/prediction.ts';
import { type SaleReport, type SaleSettings, simulateSale } from './simulate/sale.ts';
import { AREA_ROW } from './simulate/system.ts';

const DEFAULTS = {
  users: '1000000',
  seats: '50000',
  standing: '0',
  'standing-share': '0.3',
  rush: '120',
  admit: '250',
  think: '10',
  pay: '0.9',
  hold: '300',
  api: '12',
  workers: '2',
  redis: '1',
  postgres: '4',
  batch: '256',
  seed: '1',
};
type Name = keyof typeof DEFAULTS;
/** A part with this utilisation over ten seconds is saturated. */
const FULL = 0.97;
/** The options that need not be whole numbers; all others must be whole numbers, of at least 1 if not named below. */
const FRACTIONS = new Set<Name>(['rush', 'think', 'pay', 'hold', 'standing-share']);
/** Shares, which are at most 1. */
const SHARES = new Set<Name>(['pay', 'standing-share']);
/** The whole numbers that may be 0. */
const MAY_BE_NONE = new Set<Name>(['standing']);

const TEXT = { type: 'string' } as const;

const { values } = readCommandLine(import.meta.filename, {
  options: {
    ...(Object.fromEntries(Object.keys(DEFAULTS).map((name) => [name, TEXT])) as Record<
      Name,
      typeof TEXT
    >),
    ...LARGE_OPTIONS,
    large: { type: 'boolean' },
    costs: { type: 'string' },
  },
});

function read(name: Name): number {
  const number = Number(values[name] ?? DEFAULTS[name]);
  const isRight = FRACTIONS.has(name)
    ? number >= 0
    : Number.isInteger(number) && number >= (MAY_BE_NONE.has(name) ? 0 : 1);
  if (!isRight || (SHARES.has(name) && number > 1)) {
    refuseUsage(import.meta.filename, `--${name} ${values[name]} is invalid.`);
  }
  return number;
}

function readSettings(): SaleSettings {
  return {
    users: read('users'),
    seats: read('seats'),
    standing: read('standing'),
    standingShare: read('standing-share'),
    rushSeconds: read('rush'),
    admitPerSecond: read('admit'),
    thinkSeconds: read('think'),
    payShare: read('pay'),
    holdSeconds: read('hold'),
    apiProcesses: read('api'),
    workerProcesses: read('workers'),
    redisNodes: read('redis'),
    postgresCores: read('postgres'),
    batchSize: read('batch'),
    costs: MEASURED,
    seed: read('seed'),
  };
}

function count(number: number): string {
  return Math.round(number).toLocaleString('en');
}

function print(
  settings: SaleSettings,
  { overAt, users, seats, standing, tiers: all, ...report }: SaleReport,
): void {
  const hasArea = settings.standing > 0;
  const tiers = all.filter(({ name }) => hasArea || name !== AREA_ROW);
  const places = hasArea
    ? `, ${count(standing.paid)} standing places paid, ${count(standing.left)} left`
    : '';
  const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
  const delay = (latencies: number[], share: number) => {
    const sorted = latencies.toSorted((one, other) => one - other);
    return `${count(1000 * percentile(sorted, share))} ms`;
  };
  console.log(`| part | count | mean utilisation | peak utilisation |\n| --- | --- | --- | --- |`);
  for (const { name, servers, share, peak } of tiers) {
    console.log(`| ${name} | ${servers} | ${percent(share)} | ${percent(peak)} |`);
  }
  const [first] = tiers.toSorted((one, other) => other.peak - one.peak);
  const isSaturated = (first?.peak ?? 0) >= FULL;
  console.log(`
${isSaturated ? 'Bottleneck' : 'Highest utilisation, not saturated'}: ${first?.name}.
The sale ends after ${count(overAt)} s: ${count(seats.paid)} seats paid, ${count(seats.left)} left${places}.
Users: ${count(users.paid)} paid, ${count(users.foundNone)} found ${hasArea ? 'no place' : 'no seat'}, ${count(users.didNotPay)} did not pay, ${count(users.neverAdmitted)} were never admitted.
Most active users: ${count(report.activeMax)}. Most polls per second: ${count(report.pollsMax)}. Commands per batch: ${report.commandsPerBatch.toFixed(1)}.
Entering takes ${delay(report.latencies.enter, 0.5)} (p50), ${delay(report.latencies.enter, 0.95)} (p95); booking, charging and paying ${delay(report.latencies.buy, 0.5)} and ${delay(report.latencies.buy, 0.95)}.`);
}

if (values.large) {
  const plan = largeSale(readLargeOptions(import.meta.filename, values));
  const figures = figuresOf(plan, predict(plan, readCosts(values.costs)));
  for (const line of tableOf([['predicted', figures]])) console.log(line);
} else {
  const settings = readSettings();
  print(settings, simulateSale(settings));
}
