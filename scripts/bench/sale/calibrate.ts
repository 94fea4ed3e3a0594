/** Tells the costs of units of work apart, from samples of a small run of the large sale. */
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import {
  type CostTable,
  fitCosts,
  RESOURCE_NAMES,
  RESOURCES,
  type Sample,
  type Unit,
} from '../../simulate/large/costs.ts';
import type { LargeOptions, SalePlan } from '../../simulate/large/plan.ts';
import { predict } from '../../simulate/large/prediction.ts';
import type { SaleProcesses } from './processes.ts';
import type { Usage, UsageLog } from './usage.ts';

const MS = 1000;
const KB = 1024;
/** The shortest sample: CPU time is counted in hundredths of a second. */
const SAMPLE_SECONDS_MIN = 1;

/** The work between usages that follow each other, and what it used. */
export function samplesOf(usages: readonly Usage[]): Sample[] {
  const samples: Sample[] = [];
  let before = usages[0];
  for (const usage of usages.slice(1)) {
    if (!before || usage.at - before.at < SAMPLE_SECONDS_MIN) continue;
    samples.push(between(before, usage));
    before = usage;
  }
  return samples;
}

function between(before: Usage, after: Usage): Sample {
  const grown = (name: Exclude<keyof Usage, 'cpu'>) => after[name] - before[name];
  const cpuMs = (part: keyof Usage['cpu']) => MS * (after.cpu[part] - before.cpu[part]);
  return {
    work: {
      second: grown('at'),
      waitingSecond: grown('waited') > 0 ? grown('at') : 0,
      waiter: grown('waited'),
      poll: grown('polls'),
      unknownToken: 0,
      enter: grown('entered'),
      batch: grown('batches'),
      command: Math.max(0, grown('commands') - grown('entered')),
      request: grown('requests'),
      read: grown('reads'),
      ended: grown('ended'),
    },
    used: {
      api: cpuMs('api'),
      worker: cpuMs('worker'),
      postgres: cpuMs('postgres'),
      redis: cpuMs('redis'),
      sandbox: cpuMs('sandbox'),
      load: cpuMs('load'),
      transactions: grown('transactions'),
      wal: KB * grown('walMb'),
      batchTime: MS * grown('batchSeconds'),
    },
  };
}

const TOKENS = 3000;
/** As many as come in one turn of the event loop of a busy process: one alone wakes a thread for itself, which takes twice the time. */
const TOKENS_AT_ONCE = 16;

/** The CPU time of verifying an access token that is not remembered, in ms. */
export async function unknownTokenMs({ tokenOf, checkToken }: SaleProcesses): Promise<number> {
  const tokens: string[] = [];
  for (let index = 0; index < TOKENS; index += 1) tokens.push(await tokenOf(`unknown ${index}`));
  // The first checks compile the code.
  const timed = tokens.splice(TOKENS / 3);
  for (const token of tokens) await checkToken(token);
  const before = process.cpuUsage();
  for (let first = 0; first < timed.length; first += TOKENS_AT_ONCE) {
    await Promise.all(timed.slice(first, first + TOKENS_AT_ONCE).map(checkToken));
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / MS / timed.length;
}

/**
 * The costs of a run. What happens without users is measured before they come, and what users cost who only wait between the last arrival and the
 * opening; the other costs are those that explain all samples best. How fast a worker takes commands is what gives the simulated run as many batches.
 */
export async function calibrate(
  plan: SalePlan,
  usage: UsageLog,
  processes: SaleProcesses,
): Promise<CostTable> {
  const { at, samples } = usage;
  const unknownToken = await unknownTokenMs(processes);
  const known = costsAtRest({
    idle: between(at.start, at.idle),
    waiting: between(at.arrived, at.opened),
  });
  const costs = fitCosts(samplesOf(samples), {
    ...known,
    api: { ...known.api, unknownToken },
    transactions: { ...known.transactions, batch: 1 },
  });
  const batches = at['sold out'].batches - at.idle.batches;
  return { ...costs, takeMs: takeMsFor(plan, costs, batches) };
}

const TAKE_MS_MAX = 50;
const HALVINGS = 10;
/** Sales whose batches are averaged. */
const SEEDS = 3;

/** The longer a worker takes, the fewer batches there are. @returns in ms, at most 50 */
export function takeMsFor(plan: SalePlan, costs: CostTable, batches: number): number {
  let [low, high] = [0, TAKE_MS_MAX];
  for (let step = 0; step < HALVINGS; step += 1) {
    const takeMs = (low + high) / 2;
    if (predict(plan, { ...costs, takeMs }, SEEDS).batches > batches) low = takeMs;
    else high = takeMs;
  }
  return (low + high) / 2;
}

/** The costs of a second, a waiting user and a poll. */
export function costsAtRest({ idle, waiting }: Record<'idle' | 'waiting', Sample>): CostTable {
  const entries = RESOURCE_NAMES.map((resource) => {
    const units: readonly Unit[] = RESOURCES[resource];
    const costs: Partial<Record<Unit, number>> = {};
    if (units.includes('second')) costs.second = idle.used[resource] / idle.work.second;
    const left = waiting.used[resource] - (costs.second ?? 0) * waiting.work.second;
    for (const unit of ['poll', 'waitingSecond', 'waiter'] as const) {
      if (units.includes(unit)) costs[unit] = Math.max(0, left / waiting.work[unit]);
    }
    return [resource, costs];
  });
  return Object.fromEntries(entries);
}

export async function writeCosts(
  file: string,
  costs: CostTable,
  options: LargeOptions,
): Promise<void> {
  const rounded = JSON.parse(
    JSON.stringify(costs, (_, value) =>
      typeof value === 'number' ? Number(value.toPrecision(4)) : value,
    ),
  );
  const measured = { at: new Date().toISOString(), cpu: cpus()[0]?.model, options };
  await writeFile(file, `${JSON.stringify({ measured, costs: rounded }, null, 2)}\n`);
}
