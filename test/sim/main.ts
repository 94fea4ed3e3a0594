/**
 * Simulates the whole system under a seed, in one process: `npm run sim -- --seed 42 --steps 20000`. A failed run prints its seed, what
 * broke, and the fewest steps after which it breaks; it exits with 1.
 *
 *   npm run sim -- --seeds 100                   the seeds 1 to 100
 *   npm run sim -- --seed new --minutes 1        as many seeds as fit into a minute, none of which was used before
 *   npm run test:sim                             the same for 100 minutes
 *   npm run sim -- --bug all --seeds 3           plants each bug of bugs.ts, and looks for a seed that finds it
 */
import { isNumber, readCommandLine, refuseUsage } from '../../src/config/command-line.ts';
import { bugs } from './bugs.ts';
import { type Measured, shrink, simulate } from './simulate.ts';

/** Simulations of planted bugs that run side by side. */
const AT_ONCE = 2;

const { values } = readCommandLine(import.meta.filename, {
  options: {
    /** The first seed; the following ones are the next numbers. `new`: one that was not used before. */
    seed: { type: 'string' },
    seeds: { type: 'string', default: '1' },
    /** Instead of `seeds`: simulations begin for as long as this, and for each planted bug. */
    minutes: { type: 'string' },
    steps: { type: 'string', default: '2000' },
    /** A part of the name of planted bugs, or `all`. */
    bug: { type: 'string' },
    'no-faults': { type: 'boolean', default: false },
  },
});

const { seed = '1', minutes, bug } = values;
const unknown = bug !== undefined && bug !== 'all' && !bugs.some(({ name }) => name.includes(bug));
if (unknown) refuseUsage(import.meta.filename, `No planted bug has '${bug}' in its name.`);
if ((seed !== 'new' && !isNumber(seed)) || !isNumber(minutes ?? '0')) {
  refuseUsage(import.meta.filename, '--seed takes a number or `new`, and --minutes a number.');
}
const first = seed === 'new' ? Math.floor(Date.now() / 1000) : Number(seed);
const steps = Number(values.steps);
const hasFaults = !values['no-faults'];
const isWrong = values.bug === undefined ? await simulateAll() : await findBugs(values.bug);
process.exit(isWrong ? 1 : 0);

/** The seeds, one after the other, until there are enough or the time is over. */
function* nextSeeds(): Generator<number> {
  const { seeds } = values;
  const endsAt = performance.now() + Number(minutes) * 60_000;
  const isOver = (count: number) =>
    minutes === undefined ? count === Number(seeds) : performance.now() >= endsAt;
  for (let count = 0; !isOver(count); count += 1) yield first + count;
}

async function simulateAll(): Promise<boolean> {
  for (const seed of nextSeeds()) {
    const result = await simulate({ seed, steps, hasFaults });
    console.log(lineOf(result));
    if (result.broken === undefined) continue;
    const shortest = await shrink(result, steps, hasFaults);
    console.log(`\nSeed ${seed} breaks a promise at step ${shortest.steps}: ${shortest.broken}\n`);
    console.log(`${shortest.lastSteps.join('\n')}\n`);
    for (const error of shortest.errors) console.log(error);
    console.log(`Run it again: npm run sim -- --seed ${seed} --steps ${shortest.steps}`);
    return true;
  }
  return false;
}

/** Prints a row of a table for each bug: the seed, the step and the CPU time in s that find it. @returns whether one was not found */
async function findBugs(name: string): Promise<boolean> {
  const left = bugs.filter((bug) => name === 'all' || bug.name.includes(name));
  let missed = 0;
  const findNext = async (): Promise<void> => {
    for (let bug = left.shift(); bug; bug = left.shift()) {
      const { found, cpuMs } = await findBug(bug.name);
      if (!found) missed += 1;
      const where = found ? `${found.seed} | ${found.steps}` : 'not found |';
      const seconds = Math.ceil(cpuMs / 1000);
      console.log(`| ${bug.name} | ${where} | ${seconds} | ${found?.broken ?? ''} |`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, findNext));
  return missed > 0;
}

/** @returns the run that finds a bug, and the CPU time of the steps of all runs up to it */
async function findBug(bug: string) {
  let cpuMs = 0;
  for (const seed of nextSeeds()) {
    const result = await simulate({ seed, steps, bug }).catch((error: { stderr?: string }) => {
      const thrown = /\w*Error: .*/.exec(error.stderr ?? '')?.[0];
      // An exception outside of all requests and batches ends a real process too.
      return { seed, steps: '', broken: `the process ends: ${thrown}`, cpuMs: 0 };
    });
    cpuMs += result.cpuMs;
    if (result.broken !== undefined) return { found: result, cpuMs };
  }
  return { found: undefined, cpuMs };
}

function lineOf(result: Measured): string {
  const { seed, steps: made, commands, commits, simulatedMs, counts, digest } = result;
  const perSecond = Math.round(commits / (result.cpuMs / 1000));
  const faults = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
  const facts = [
    `seed ${seed}: ${made} steps`,
    `${commands} commands`,
    `${commits} transactions (${perSecond} a second of CPU time)`,
    `${Math.round(simulatedMs / 1000)} s simulated`,
    ...faults,
  ];
  return `${facts.join(', ')}; digest ${digest}`;
}
