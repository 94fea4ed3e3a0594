/**
 * `npm run bench`: compares keyed lanes with nine lock strategies, a hand-written server and one transaction per job,
 * over HTTP, on one PostgreSQL and one Redis, in one run.
 *
 *   node scripts/bench/compare.ts [--quick] [--only one-seat,journeys] [--strategies seatlane,pessimistic]
 *     [--json FILE]      writes the figures as JSON
 *     [--write]          updates docs/benchmarks/comparison.md and its charts
 */

import { writeFileSync } from 'node:fs';
import { readCommandLine, refuseUsage } from '../../src/config/command-line.ts';
import { progress } from '../lib/progress.ts';
import { auditOf } from './audit.ts';
import { cardPurchases } from './compare/cards.ts';
import {
  type Contestant,
  openContestants,
  STRATEGIES,
  type Strategy,
  USERS,
} from './compare/contestants.ts';
import { readMachine } from './compare/machine.ts';
import { measure } from './compare/measure.ts';
import { journeys, orders, purchases } from './compare/people.ts';
import { type Report, type Row, toTables, withMedians, writePage } from './compare/report.ts';
import {
  type Begin,
  lone,
  type Outcome,
  oneArea,
  oneSeat,
  oneUser,
  oneUserPays,
} from './compare/scenarios.ts';
import { STEADY, steady } from './compare/steady.ts';
import { startBenchSystem } from './system.ts';

const { values } = readCommandLine(import.meta.filename, {
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    strategies: { type: 'string' },
    json: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});

/** The strategies that steady loads are measured for: the best of each kind. */
const STEADY_STRATEGIES: readonly Strategy[] = [
  'pessimistic',
  'pessimistic-sql',
  'job-per-transaction',
  'seatlane',
];
/** The strategies that know areas. */
const AREA_STRATEGIES: readonly Strategy[] = ['pessimistic-sql', 'seatlane'];
/**
 * The most requests for one row with shared locks. PostgreSQL ends a deadlock after `deadlock_timeout`, and of ten transactions that share a
 * lock it ends nine, so a hundred take 18 s.
 */
const SHARED_MAX = 10;
const WITHOUT_SHARED = STRATEGIES.filter((name) => name !== 'shared');
/** The most important strategies to compare with; they are never skipped. */
const NEVER_SKIPPED: readonly Strategy[] = ['pessimistic', 'pessimistic-sql'];
const SIZES = [10, 100, 1000];
const REPEATS = values.quick ? 1 : 10;
/** The number of requests before the measurements. */
const WARM_UP = values.quick ? 50 : 200;
/** A run that takes longer is repeated less often; in the quick run larger sizes are skipped then. */
const SLOW_MS = values.quick ? 400 : 4000;
const SLOW_REPEATS = values.quick ? 1 : 3;
/** Its preparation, which books the seats, takes longer than what is measured. */
const USE_REPEATS = values.quick ? 1 : 3;
const LONE_REPEATS = values.quick ? 1 : 3;
const STEADY_TIMES = values.quick
  ? { stepSeconds: 0.5, holdSeconds: 1, refinements: 0, timeoutMs: 1200 }
  : { stepSeconds: 3, holdSeconds: 6, refinements: 3, timeoutMs: 5000 };
/** The numbers of concurrent users. */
const PEOPLE = values.quick ? [64] : [64, 256];
const JOURNEY_SECONDS = values.quick ? 2 : 15;
const PURCHASES = values.quick ? 300 : USERS;
/** Only as many as act at once, because in the quick run the admission of users takes longest. */
const KNOWN_USERS = values.quick ? Math.max(...SIZES) : USERS;

type Scenario = {
  name: string;
  n: number;
  repeats: number;
  run(who: Contestant, begin: Begin): Promise<Outcome>;
};

const scenarios: (Scenario & { strategies?: readonly Strategy[] })[] = [
  ...SIZES.flatMap((n) => [
    {
      name: 'one-seat',
      n,
      repeats: REPEATS,
      ...(n > SHARED_MAX && { strategies: WITHOUT_SHARED }),
      run: (who: Contestant, begin: Begin) => oneSeat(who, n, begin),
    },
    {
      name: 'one-user',
      n,
      repeats: REPEATS,
      ...(n > SHARED_MAX && { strategies: WITHOUT_SHARED }),
      run: (who: Contestant, begin: Begin) => oneUser(who, n, begin),
    },
    {
      name: 'use-points',
      n,
      repeats: USE_REPEATS,
      ...(n > SHARED_MAX && { strategies: WITHOUT_SHARED }),
      run: (who: Contestant, begin: Begin) => oneUserPays(who, n, begin),
    },
    {
      name: 'one-area-at-once',
      n,
      repeats: REPEATS,
      strategies: AREA_STRATEGIES,
      run: (who: Contestant, begin: Begin) => oneArea(who, n, begin),
    },
  ]),
  {
    name: 'lone',
    n: 200,
    repeats: LONE_REPEATS,
    run: lone,
    strategies: [...STEADY_STRATEGIES, 'floor'],
  },
  ...(Object.keys(STEADY) as (keyof typeof STEADY)[]).map((kind) => ({
    name: kind,
    n: 0,
    repeats: 1,
    strategies: kind === 'one-area' ? AREA_STRATEGIES : STEADY_STRATEGIES,
    run: (who: Contestant, begin: Begin) => steady(who, kind, STEADY_TIMES, begin),
  })),
  ...PEOPLE.flatMap((people) => [
    {
      name: 'purchases',
      n: people,
      repeats: 1,
      strategies: STEADY_STRATEGIES,
      run: (who: Contestant, begin: Begin) => purchases(who, { people, count: PURCHASES }, begin),
    },
    ...[1, 4].map((places) => ({
      name: places === 1 ? 'orders-of-one' : 'orders-of-four',
      n: people,
      repeats: 1,
      strategies: ['seatlane'] as const,
      run: (who: Contestant, begin: Begin) =>
        orders(who, { people, count: PURCHASES, places }, begin),
    })),
    {
      name: 'purchases-by-card',
      n: people,
      repeats: 1,
      strategies: ['seatlane'] as const,
      run: (who: Contestant, begin: Begin) =>
        cardPurchases(who, { people, count: PURCHASES }, begin),
    },
    {
      name: 'journeys',
      n: people,
      repeats: 1,
      strategies: STEADY_STRATEGIES,
      run: (who: Contestant, begin: Begin) =>
        journeys(who, { people, seconds: JOURNEY_SECONDS }, begin),
    },
  ]),
];

/** The names that an option gives, separated by commas; without it all. */
function selected<Name extends string>(
  option: 'only' | 'strategies',
  all: readonly Name[],
): readonly Name[] {
  const given = values[option]?.split(',') ?? all;
  const unknown = given.find((name) => !all.some((known) => known === name));
  if (unknown !== undefined) {
    refuseUsage(
      import.meta.filename,
      `--${option} takes ${[...new Set(all)].join(', ')}, not '${unknown}'.`,
    );
  }
  return all.filter((name) => given.includes(name));
}

const chosen = selected(
  'only',
  scenarios.map(({ name }) => name),
);
const wanted = scenarios.filter(({ name }) => chosen.includes(name));
const names = selected('strategies', STRATEGIES);
const starting = progress(`Starting PostgreSQL, Redis and ${names.length} systems`);
const system = await startBenchSystem();
const contestants = await openContestants(system, names, KNOWN_USERS);
starting.done();
const rows: Row[] = [];
const runs = wanted.reduce((sum, each) => sum + each.repeats * contestantsOf(each).length, 0);
let runsDone = 0;
try {
  const machine = await readMachine(system.environment.DATABASE_URL as string);
  const measuring = progress('Measuring');
  for (const scenario of wanted) {
    const taking = contestantsOf(scenario);
    await warmUp(taking, scenario);
    for (let repeat = 1; repeat <= scenario.repeats; repeat += 1) {
      // The order rotates, so that no contestant always runs first.
      const order = taking.map((_, index) => taking[(index + repeat) % taking.length]);
      for (const who of order as Contestant[]) {
        runsDone += 1;
        if (isTooSlow(scenario, who, repeat)) continue;
        const found = await measure(system, who, (begin) => scenario.run(who, begin));
        rows.push({
          scenario: scenario.name,
          size: scenario.n,
          strategy: who.name,
          repeat,
          ...found,
        });
        measuring.update(runsDone, runs, line(rows.at(-1) as Row));
      }
    }
  }
  measuring.done(`Measured ${rows.length} runs.`);
  const report: Report = { ...machine, rows: withMedians(rows) };
  console.log(toTables(report));
  if (values.json) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
  if (values.write) writePage(report);
  for (const who of contestants) await audit(who);
  console.log(
    values.write
      ? '\ndocs/benchmarks/comparison.md is updated. docs/benchmarks/README.md explains the results.'
      : '\ndocs/benchmarks/README.md explains the results; `-- --write` updates the page and its charts.',
  );
} finally {
  await Promise.all(contestants.map((contestant) => contestant.close()));
  await system.stop();
}

function contestantsOf({ strategies }: (typeof scenarios)[number]): Contestant[] {
  return contestants.filter(({ name }) => strategies?.includes(name) ?? true);
}

/** Audits Seatlane's databases after the load. The other contestants write no receipts. */
async function audit({ name, databaseUrl }: Contestant): Promise<void> {
  if (name !== 'seatlane' && name !== 'job-per-transaction') return;
  const env = { ...system.environment, DATABASE_URL: databaseUrl };
  console.log(`Audit of ${name}: ${auditOf(env)}`);
}

/** Slow contestants are repeated less often, and are skipped for larger sizes in the quick run. */
function isTooSlow({ name, n }: Scenario, who: Contestant, repeat: number): boolean {
  const slow = rows.filter(
    (row) => row.scenario === name && row.strategy === who.name && row.wallMs > SLOW_MS,
  );
  const canBeSkipped = values.quick && !NEVER_SKIPPED.includes(who.name);
  if (canBeSkipped && slow.some(({ size }) => size < n)) return true;
  return repeat > SLOW_REPEATS && slow.some(({ size }) => size === n);
}

/** Warms up the code, because the first requests are slow on every system. */
async function warmUp(taking: readonly Contestant[], { name, n }: Scenario): Promise<void> {
  if (n !== SIZES[0]) return;
  const unmeasured: Begin = async () => undefined;
  for (const who of taking) {
    const count = who.name === 'shared' ? SHARED_MAX : WARM_UP;
    await (name === 'one-seat' ? oneSeat : oneUser)(who, count, unmeasured);
  }
}

function line({ scenario, strategy, size, repeat, wallMs, p50Ms, perSecond, wrong }: Row): string {
  const figures = `${wallMs.toFixed(0)} ms, p50 ${p50Ms.toFixed(1)} ms, ${perSecond.toFixed(0)}/s`;
  const bad = wrong > 0 ? `, ${wrong} WRONG` : '';
  return `${scenario} ${size} ${strategy} #${repeat}: ${figures}${bad}`;
}
