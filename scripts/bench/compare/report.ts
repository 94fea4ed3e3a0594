/** Formats the rows of a run as tables, and as a page with charts. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { barChart } from './charts.ts';
import { STRATEGIES, type Strategy } from './contestants.ts';
import { median } from './figures.ts';
import type { Machine } from './machine.ts';
import type { Measured } from './measure.ts';

export interface Row extends Measured {
  scenario: string;
  /** The number of concurrent requests or users; 0 for loads at a fixed rate. */
  size: number;
  strategy: Strategy;
  /** Missing in a row with the medians over the repeats. */
  repeat?: number;
  ratioToPessimistic?: number;
  ratioToFloor?: number;
}

export interface Report extends Machine {
  rows: Row[];
}

const NUMBERS = [
  'wallMs',
  'meanMs',
  'p50Ms',
  'p95Ms',
  'p99Ms',
  'perSecond',
  'transactions',
] as const;

/** Adds a row with medians and ratios for each scenario, size and strategy. */
export function withMedians(rows: readonly Row[]): Row[] {
  const groups = Map.groupBy(
    rows,
    ({ scenario, strategy, size }) => `${scenario} ${size} ${strategy}`,
  );
  const medians = [...groups.values()].map((group): Row => {
    const { repeat: _, ...first } = group[0] as Row;
    const middle = Object.fromEntries(
      NUMBERS.map((name) => [name, median(group.map((row) => row[name]))]),
    ) as Pick<Row, (typeof NUMBERS)[number]>;
    const cpu = (name: keyof Row['cpuSeconds']) => median(group.map((row) => row.cpuSeconds[name]));
    return {
      ...first,
      ...middle,
      successes: median(group.map(({ successes }) => successes)),
      wrong: group.reduce((sum, { wrong }) => sum + wrong, 0),
      cpuSeconds: {
        api: cpu('api'),
        worker: cpu('worker'),
        postgres: cpu('postgres'),
        redis: cpu('redis'),
      },
    };
  });
  const ratios = medians.map((row) => ({ ...row, ...ratiosOf(row, medians) }));
  return [...ratios, ...rows];
}

const STEADY = [
  'distinct-seats',
  'hot-seats',
  'reads',
  'one-area',
  'purchases',
  'orders-of-one',
  'orders-of-four',
  'purchases-by-card',
  'journeys',
];
const isSteady = (scenario: string) => STEADY.includes(scenario);

/** The ratios of wall times, or of the inverse of rates; a value below 1 is better than the other strategy. */
function ratiosOf(row: Row, medians: readonly Row[]): Partial<Row> {
  const against = (strategy: Strategy) => {
    const other = medians.find(
      (each) =>
        each.strategy === strategy && each.scenario === row.scenario && each.size === row.size,
    );
    if (!other) return undefined;
    return isSteady(row.scenario) ? other.perSecond / row.perSecond : row.wallMs / other.wallMs;
  };
  const [toPessimistic, toFloor] = [against('pessimistic'), against('floor')];
  return {
    ...(toPessimistic !== undefined && { ratioToPessimistic: toPessimistic }),
    ...(toFloor !== undefined && { ratioToFloor: toFloor }),
  };
}

const round = (value: number | undefined, digits = 0) =>
  value === undefined || Number.isNaN(value) ? '–' : value.toFixed(digits);

/** A Markdown table of the strategies for each scenario and size. */
export function toTables({ rows }: Report): string {
  const medians = rows.filter(({ repeat }) => repeat === undefined);
  const groups = Map.groupBy(medians, ({ scenario, size }) => titleOf(scenario, size));
  return [...groups].map(([title, group]) => `### ${title}\n\n${tableOf(group)}`).join('\n\n');
}

const TITLES: Record<string, string> = {
  'one-seat': 'users book one seat at once',
  'one-user': 'charges of one user at once',
  'use-points': 'payments of one user at once',
  'one-area-at-once': 'users want a place each of an area with 0.6 times as many, at once',
  lone: 'bookings one after another',
};

const STEADY_TITLES: Record<string, string> = {
  'distinct-seats': 'Different seats, at a fixed rate',
  'hot-seats': 'Hot seats (Zipf, 2,000 seats), at a fixed rate',
  reads: 'Nine of ten requests read a schedule of 500 seats, at a fixed rate',
  'one-area': 'Orders of one place each of one area, at a fixed rate',
  purchases: 'Purchases (book and pay)',
  'orders-of-one': 'Orders of one seat (place and pay)',
  'orders-of-four': 'Orders of four seats (place and pay)',
  'purchases-by-card': 'Purchases by card (place, open the page, pay there, look until paid)',
  journeys: 'Whole journeys',
};

function titleOf(scenario: string, n: number): string {
  const steady = STEADY_TITLES[scenario];
  if (steady !== undefined) return n === 0 ? steady : `${steady}, ${n} concurrent users`;
  return `${n.toLocaleString('en')} ${TITLES[scenario]}`;
}

function tableOf(group: readonly Row[]): string {
  const sorted = group.toSorted(
    (a, b) => STRATEGIES.indexOf(a.strategy) - STRATEGIES.indexOf(b.strategy),
  );
  const isRate = isSteady(group[0]?.scenario ?? '');
  const head = isRate ? 'per second' : 'wall, ms';
  const lines = sorted.map((row) => {
    const { api, worker, postgres, redis } = row.cpuSeconds;
    const main = isRate ? round(row.perSecond) : round(row.wallMs, row.wallMs < 100 ? 1 : 0);
    return [
      row.strategy,
      main,
      round(row.meanMs, 1),
      round(row.p50Ms, 1),
      round(row.p95Ms, 1),
      round(row.p99Ms, 1),
      String(row.successes),
      String(row.wrong),
      String(row.transactions),
      [api, worker, postgres, redis].map((seconds) => round(seconds, 2)).join(' / '),
      round(row.ratioToPessimistic, 2),
      round(row.ratioToFloor, 2),
    ];
  });
  const names = [
    '',
    head,
    'mean',
    'p50',
    'p95',
    'p99',
    'successes',
    'wrong',
    'transactions',
    'CPU s: server / worker / PostgreSQL / Redis',
    'ratio to pessimistic',
    'ratio to floor',
  ];
  return [names, names.map(() => '---'), ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

const FOLDER = resolve(import.meta.dirname, '../../../docs/benchmarks');

/** Writes the page and its charts. docs/benchmarks/README.md explains the results. */
export function writePage(report: Report): void {
  const medians = report.rows.filter(({ repeat }) => repeat === undefined);
  const charts = [
    ...chartOf(medians, 'one-seat', 1000),
    ...chartOf(medians, 'one-user', 1000),
    ...chartOf(medians, 'use-points', 1000),
    ...STEADY.flatMap((scenario) => chartOf(medians, scenario, largest(medians, scenario))),
  ];
  const facts = { ...report.machine, ...report.versions, ...report.settings };
  const list = Object.entries(facts).map(([name, value]) => `- ${name}: ${value}`);
  const text = `# The comparison

Written by \`npm run bench -- --write\`. Medians over the repeats; latencies in ms. Latencies, CPU time and transactions of loads at
a fixed rate are measured at 70 % of the highest sustained rate. Ratios below 1 are better. The [README](README.md) explains the results, and
where Seatlane loses.

${charts.map((name) => `![${name}](${name}.svg)`).join('\n')}

${toTables(report)}

## Measured on

${list.join('\n')}
`;
  writeFileSync(resolve(FOLDER, 'comparison.md'), text);
}

function largest(rows: readonly Row[], scenario: string): number {
  const sizes = rows.filter((row) => row.scenario === scenario).map(({ size }) => size);
  return Math.max(0, ...sizes);
}

function chartOf(medians: readonly Row[], scenario: string, n: number): string[] {
  const rows = medians.filter((row) => row.scenario === scenario && row.size === n);
  if (rows.length === 0) return [];
  const isRate = isSteady(scenario);
  const bars = rows.map((row) => ({
    name: row.strategy,
    value: isRate ? row.perSecond : row.wallMs,
  }));
  const unit = isRate ? 'per second; more is better' : 'ms; less is better';
  const svg = barChart({ title: titleOf(scenario, n), unit, bars, isMoreBetter: isRate });
  writeFileSync(resolve(FOLDER, `${scenario}.svg`), svg);
  return [scenario];
}
