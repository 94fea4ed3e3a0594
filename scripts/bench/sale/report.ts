/** Starts the large sale, prints its figures beside the prediction, and fails if something is wrong. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { checkoutKey } from '../../../src/lanes/payment-keys.ts';
import { readCosts } from '../../simulate/large/costs.ts';
import { type LargeOptions, largeSale } from '../../simulate/large/plan.ts';
import {
  figuresOf,
  predict,
  type SaleFigures,
  type Totals,
  tableOf,
} from '../../simulate/large/prediction.ts';
import { auditOf } from '../audit.ts';
import { compareWith } from '../money/books.ts';
import { calibrate, writeCosts } from './calibrate.ts';
import { checkHistory } from './history.ts';
import { runSale, type SaleResult } from './large.ts';
import { type SaleProcesses, startSale } from './processes.ts';
import { MOMENTS, type Usage } from './usage.ts';

const SETTLE_MS = 1_800_000;

export interface RunOptions {
  /** Where the costs of this run are written; undefined for nowhere. */
  costsFile: string | undefined;
  memoryMb: number | undefined;
}

export async function runLargeSale(
  options: LargeOptions,
  { costsFile, memoryMb }: RunOptions,
): Promise<void> {
  const plan = largeSale(options);
  // Before the run, so that nothing of it can be in the prediction.
  const predicted = costsFile === undefined ? predict(plan, readCosts()) : undefined;
  const processes = await startSale(plan, memoryMb);
  try {
    const result = await runSale(plan, processes, SETTLE_MS);
    console.log(`\n${JSON.stringify(options)}\n`);
    const costs =
      costsFile === undefined ? undefined : await calibrate(plan, result.usage, processes);
    const compared = predicted ?? (costs && predict(plan, costs));
    const columns: [string, SaleFigures][] = [['measured', figuresOf(plan, totalsOf(result))]];
    if (compared) columns.push(['predicted', figuresOf(plan, compared)]);
    print(tableOf(columns));
    print(latencyTable(result));
    print(momentTable(result));
    print(outcomes(result, processes));
    const wrong = await findings(result, processes);
    print([
      '| must be 0 | |',
      '| --- | --- |',
      ...Object.entries(wrong).map((cells) => `| ${cells.join(' | ')} |`),
    ]);
    if (costsFile !== undefined && costs) await writeCosts(costsFile, costs, options);
    console.log(`Audit: ${auditOf(processes.environment)}`);
    if (Object.values(wrong).some((count) => count !== 0)) process.exitCode = 1;
  } finally {
    await processes.stop();
  }
}

function print(lines: readonly string[]): void {
  console.log(`${lines.join('\n')}\n`);
}

/** From the first arrival until the last place was paid. */
function totalsOf({ usage, admittedUntilSoldOut, soldOutAfter }: SaleResult): Totals {
  const [from, until] = [usage.at.idle, usage.at['sold out']];
  const grown = (name: Exclude<keyof Usage, 'cpu'>) => until[name] - from[name];
  const cpu = (part: keyof Usage['cpu']) => until.cpu[part] - from.cpu[part];
  return {
    soldOutAfter,
    seconds: grown('at'),
    admitted: admittedUntilSoldOut,
    polls: grown('polls'),
    commands: grown('commands'),
    batches: grown('batches'),
    transactions: grown('transactions'),
    walMb: grown('walMb'),
    cpu: {
      api: cpu('api'),
      worker: cpu('worker'),
      postgres: cpu('postgres'),
      redis: cpu('redis'),
      sandbox: cpu('sandbox'),
      load: cpu('load'),
    },
  };
}

function latencyTable({ figures }: SaleResult): string[] {
  return [
    '| request | count | p50 | p95 | p99, ms |',
    '| --- | --- | --- | --- | --- |',
    ...figures.table().map((cells) => `| ${cells.join(' | ')} |`),
  ];
}

/** What happened between the moments. */
function momentTable({ usage }: SaleResult): string[] {
  const parts = ['api', 'worker', 'postgres', 'redis', 'sandbox', 'load'] as const;
  const rows = MOMENTS.slice(1).map((moment, index) => {
    const [before, after] = [usage.at[MOMENTS[index] ?? 'start'], usage.at[moment]];
    const seconds = after.at - before.at;
    const share = (part: (typeof parts)[number]) =>
      `${((100 * (after.cpu[part] - before.cpu[part])) / seconds).toFixed(0)} %`;
    const polls = ((after.polls - before.polls) / seconds).toFixed(0);
    const commands = ((after.commands - before.commands) / seconds).toFixed(0);
    const batches = ((after.batches - before.batches) / seconds).toFixed(0);
    const rates = [seconds.toFixed(0), polls, commands, batches];
    return [`until ${moment}`, ...rates, ...parts.map(share), after.apiMb];
  });
  return [
    `| | s | polls/s | commands/s | batches/s | ${parts.join(' | ')} | API, MB |`,
    `| --- |${' --- |'.repeat(parts.length + 5)}`,
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
  ];
}

function outcomes({ figures, crowd }: SaleResult, { client }: SaleProcesses): string[] {
  return [
    ...[...figures.outcomes].map(([what, times]) => `${what}: ${times}`),
    `The load was late by ${crowd.lateMax.toFixed(0)} ms at most; at most ${client.waitingMax} requests waited for a connection.`,
  ];
}

async function findings(
  result: SaleResult,
  { database: { query }, system, environment, sandboxUrl }: SaleProcesses,
): Promise<Record<string, number>> {
  const queueIds = result.queues.map(({ queueId }) => queueId);
  const history = await checkHistory(result, queueIds, query);
  const bearer = { Authorization: `Bearer ${system.environment.SANDBOX_SECRET}` };
  const journal = await (await fetch(`${sandboxUrl}/v1/journal`, { headers: bearer })).text();
  const money = await compareWith(journal, query, checkoutKey);
  const script = join(import.meta.dirname, '../../reconcile.ts');
  console.log(
    execFileSync(process.execPath, [script, '--provider'], { env: environment, encoding: 'utf8' }),
  );
  return { ...history, 'payments that differ from the sandbox': money.differing.length };
}
