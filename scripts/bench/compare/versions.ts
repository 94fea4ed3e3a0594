/**
 * `npm run bench:versions`: compares this checkout with another version of it. Both run at once, each with its own services and
 * processes, and are measured in turns of some seconds. Whatever else the machine does slows both down alike, so that after eight rounds a difference of
 * three percent is more than chance. `six-empty` are six requests that do nothing, the floor of a journey.
 *
 *   node scripts/bench/compare/versions.ts [--with DIRECTORY] [--loads journeys,orders-of-four] [--people 64,256] [--rounds 8]
 *
 * DIRECTORY is a checkout with its packages installed, for example a worktree of the commit before; its tables must fit the queries of this
 * benchmark. Without it this version is compared with itself, which shows how large chance is. Ends with 1 if a purchase went wrong.
 */

import { resolve } from 'node:path';
import { readCommandLine, refuseUsage } from '../../../src/config/command-line.ts';
import { progress } from '../../lib/progress.ts';
import { type BenchSystem, startBenchSystem } from '../system.ts';
import { type Contestant, openSeatlanes } from './contestants.ts';
import { type Measured, measure } from './measure.ts';
import { emptyRequests, journeys, orders, purchases } from './people.ts';
import { linesOf, type Side } from './rounds.ts';
import type { Begin, Outcome } from './scenarios.ts';

const { values } = readCommandLine(import.meta.filename, {
  options: {
    with: { type: 'string' },
    loads: { type: 'string' },
    people: { type: 'string', default: '64,256' },
    rounds: { type: 'string', default: '8' },
  },
});

const SECONDS = 4;
const BUYERS = 2000;

type Load = (who: Contestant, people: number, begin: Begin) => Promise<Outcome>;
const ordersOf =
  (places: number): Load =>
  (who, people, begin) =>
    orders(who, { people, count: BUYERS, places }, begin);
const LOADS: Record<string, Load> = {
  purchases: (who, people, begin) => purchases(who, { people, count: BUYERS }, begin),
  'orders-of-one': ordersOf(1),
  'orders-of-four': ordersOf(4),
  journeys: (who, people, begin) => journeys(who, { people, seconds: SECONDS }, begin),
  'six-empty': (who, people, begin) => emptyRequests(who, { people, seconds: SECONDS }, begin),
};

const names = values.loads?.split(',') ?? Object.keys(LOADS);
const people = values.people.split(',').map(Number);
const unknown = names.find((name) => !LOADS[name]);
if (unknown || people.some((each) => !(each > 0)) || !(Number(values.rounds) >= 2)) {
  refuseUsage(
    import.meta.filename,
    `--loads takes ${Object.keys(LOADS).join(', ')}; --people takes numbers above 0, --rounds a number above 1.`,
  );
}

interface Version {
  side: Side;
  system: BenchSystem;
  contestant: Contestant;
}

const systems: BenchSystem[] = [];
const versions: Version[] = [];
const starting = progress('Starting two systems');
try {
  for (const [side, root] of [
    ['this', undefined],
    ['other', values.with && resolve(values.with)],
  ] as const) {
    const system = await startBenchSystem(root);
    systems.push(system);
    const [contestant] = await openSeatlanes(system, [{}]);
    versions.push({ side, system, contestant: contestant as Contestant });
  }
  starting.done();
  const loads = people.flatMap((n) => names.map((name) => ({ name, people: n })));
  // The code of all processes is compiled before anything counts.
  for (const load of loads) await inTurns(versions, load);
  const measured = loads.map((load) => ({ ...load, rounds: [] as Record<Side, Measured>[] }));
  const measuring = progress('Measuring');
  for (let round = 1; round <= Number(values.rounds); round += 1) {
    // The version that runs first changes with each round.
    const order = round % 2 === 0 ? versions : versions.toReversed();
    for (const load of measured) load.rounds.push(await inTurns(order, load));
    measuring.update(round, Number(values.rounds));
  }
  measuring.done();
  for (const line of linesOf(measured)) console.log(line);
  const isWrong = measured.some(({ rounds }) =>
    rounds.some(({ this: one, other }) => one.wrong + other.wrong > 0),
  );
  if (isWrong) {
    console.error('Some purchases failed or were sold twice.');
    process.exitCode = 1;
  }
} finally {
  for (const { contestant } of versions) await contestant.close();
  for (const system of systems) await system.stop();
}

async function inTurns(
  order: readonly Version[],
  { name, people: n }: { name: string; people: number },
): Promise<Record<Side, Measured>> {
  const found: Partial<Record<Side, Measured>> = {};
  for (const { side, system, contestant } of order) {
    found[side] = await measure(system, contestant, (begin) =>
      (LOADS[name] as Load)(contestant, n, begin),
    );
  }
  return found as Record<Side, Measured>;
}
