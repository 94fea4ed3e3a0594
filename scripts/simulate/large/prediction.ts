/** The figures of a large sale, from its work and the costs: what `npm run bench:sale -- --large` measures. */
import { type CostTable, type Resource, usedBy } from './costs.ts';
import type { SalePlan } from './plan.ts';
import { simulateLargeSale } from './sale.ts';

/** From the first arrival until the last place was paid, by name. */
export type SaleFigures = Map<string, number>;

const MS = 1000;
const KB = 1024;
const CPU: readonly [Resource, string][] = [
  ['api', 'API'],
  ['worker', 'worker'],
  ['postgres', 'PostgreSQL'],
  ['redis', 'Redis'],
  ['sandbox', 'sandbox'],
  ['load', 'load'],
];

/** What the benchmark measures and the simulation predicts. CPU in s. */
export interface Totals {
  soldOutAfter: readonly (number | undefined)[];
  seconds: number;
  admitted: number;
  polls: number;
  commands: number;
  batches: number;
  transactions: number;
  walMb: number;
  cpu: Record<'api' | 'worker' | 'postgres' | 'redis' | 'sandbox' | 'load', number>;
}

/** Sales whose figures are averaged: when the last place is sold is a matter of chance. */
const SEEDS = 9;

/** The mean of several sales. A queue that does not sell everything in one of them counts as one with places left. */
export function predict(plan: SalePlan, costs: CostTable, seeds = SEEDS): Totals {
  const all = Array.from({ length: seeds }, (_, index) =>
    predictOne({ ...plan, seed: plan.seed + index }, costs),
  );
  const mean = (of: (totals: Totals) => number) =>
    all.reduce((sum, totals) => sum + of(totals), 0) / seeds;
  return {
    soldOutAfter: plan.queues.map((_, index) => {
      const after = mean(({ soldOutAfter }) => soldOutAfter[index] ?? Number.NaN);
      return Number.isNaN(after) ? undefined : after;
    }),
    seconds: mean(({ seconds }) => seconds),
    admitted: mean(({ admitted }) => admitted),
    polls: mean(({ polls }) => polls),
    commands: mean(({ commands }) => commands),
    batches: mean(({ batches }) => batches),
    transactions: mean(({ transactions }) => transactions),
    walMb: mean(({ walMb }) => walMb),
    cpu: Object.fromEntries(
      CPU.map(([part]) => [part, mean(({ cpu }) => cpu[part as 'api'])]),
    ) as Totals['cpu'],
  };
}

function predictOne(plan: SalePlan, costs: CostTable): Totals {
  const { work, ...report } = simulateLargeSale(plan, costs);
  const used = (resource: Resource) => usedBy(costs, resource, work);
  const cpu = Object.fromEntries(CPU.map(([resource]) => [resource, used(resource) / MS]));
  return {
    soldOutAfter: report.soldOutAfter,
    seconds: report.seconds,
    admitted: report.admitted,
    polls: work.poll,
    commands: work.enter + work.command,
    batches: work.batch,
    transactions: used('transactions'),
    walMb: used('wal') / KB,
    cpu: cpu as Totals['cpu'],
  };
}

export function figuresOf({ queues }: Pick<SalePlan, 'queues'>, totals: Totals): SaleFigures {
  const { soldOutAfter, cpu, seconds } = totals;
  return new Map([
    ...queues.map(({ name }, index): [string, number] => [
      `${name}: sold out after, s`,
      soldOutAfter[index] ?? Number.NaN,
    ]),
    ['from the first arrival, s', seconds],
    ['users admitted', totals.admitted],
    ['polls', totals.polls],
    ['polls a second, mean', totals.polls / seconds],
    ['commands', totals.commands],
    ['batches', totals.batches],
    ['commands in a batch, mean', totals.commands / totals.batches],
    ['transactions', totals.transactions],
    ['WAL, MB', totals.walMb],
    ...CPU.map(([part, name]): [string, number] => [`CPU of ${name}, s`, cpu[part as 'api']]),
  ]);
}

/** A table of figures with one or more columns; a second column gets its difference to the first. */
export function tableOf(columns: readonly [title: string, figures: SaleFigures][]): string[] {
  const [first, second] = columns;
  if (!first) return [];
  const titles = ['', ...columns.map(([title]) => title), ...(second ? ['difference'] : [])];
  const rows = [...first[1].keys()].map((name) => {
    const values = columns.map(([, figures]) => figures.get(name) ?? Number.NaN);
    const [one = Number.NaN, other] = values;
    const difference =
      other === undefined ? [] : [`${(100 * (other / one - 1)).toFixed(0).replace('-0', '0')} %`];
    return [name, ...values.map(shown), ...difference];
  });
  return [titles, titles.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

function shown(value: number): string {
  if (Number.isNaN(value)) return 'places left';
  return value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 1 : 0 });
}
