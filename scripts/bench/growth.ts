/**
 * `npm run bench:growth`: measures how costs and throughput grow. Historical rows (users, seats, bookings, receipts)
 * must not make a command slower; more worker processes add throughput until the cores are busy.
 *
 * Each number of rows and of processes is measured on its own Seatlane system with its own database. The systems take
 * turns, so that a change in the speed of the machine affects all of them alike.
 *
 *   node scripts/bench/growth.ts [--rows 10000,100000,1000000] [--workers 1,2,4]
 *
 * With one of these options it measures this alone, once:
 *   --draw 1000000        a draw of that many places, and an admission beside it
 *   --migration 1000000   the migration that rewrites that many bookings and their orders for version 0.3.0
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { readCommandLine, refuseUsage } from '../../src/config/command-line.ts';
import { type Contestant, openSeatlanes, USERS } from './compare/contestants.ts';
import { median } from './compare/figures.ts';
import { atOnce } from './compare/load.ts';
import { type Measured, measure } from './compare/measure.ts';
import { type Begin, lone, type Outcome, oneUser, toOutcome } from './compare/scenarios.ts';
import { measureDraw } from './growth/draw.ts';
import { measureMigration } from './growth/migration.ts';
import { fillUpTo } from './growth/past.ts';
import { startBenchSystem } from './system.ts';

const { values } = readCommandLine(import.meta.filename, {
  options: {
    rows: { type: 'string', default: '10000,100000,1000000' },
    workers: { type: 'string', default: '1,2,4' },
    draw: { type: 'string' },
    migration: { type: 'string' },
  },
});
const numbers = (list: string) => list.split(',').map(Number);
const REPEATS = 7;
const alone = [
  { rows: rowsOf('draw'), measure: measureDraw },
  { rows: rowsOf('migration'), measure: measureMigration },
];
const system = await startBenchSystem();
const log = (text: string) => process.stderr.write(`${text}\n`);

try {
  for (const { rows, measure } of alone) if (rows !== undefined) await measure(system, rows);
  if (alone.every(({ rows }) => rows === undefined)) {
    await compareRows(numbers(values.rows));
    await compareWorkers(numbers(values.workers));
  }
} finally {
  await system.stop();
}

/** @returns undefined if the option is missing */
function rowsOf(option: 'draw' | 'migration'): number | undefined {
  const given = values[option];
  if (given === undefined) return undefined;
  const rows = Number(given);
  if (Number.isInteger(rows) && rows > 0) return rows;
  return refuseUsage(
    import.meta.filename,
    `--${option} ${given} is not a whole number of rows above 0.`,
  );
}

async function compareRows(sizes: readonly number[]): Promise<void> {
  log(`Filling databases with ${sizes.join(', ')} rows per table …`);
  const seatlanes = await openSeatlanes(
    system,
    sizes.map((rows) => ({ name: `rows_${rows}` })),
  );
  for (const [index, rows] of sizes.entries()) await fillUpTo(seatlanes[index] as Contestant, rows);
  const charges = await inTurns(seatlanes, (seatlane, begin) => oneUser(seatlane, 1000, begin));
  const seats = await inTurns(seatlanes, bookDifferentSeats);
  const alone = await inTurns(seatlanes, lone);
  print(
    ['rows in each table', '1,000 charges of one user, ms', `${USERS} different seats per second`],
    ['CPU ms of PostgreSQL for 1,000 of them', 'a single booking, p50, ms'],
  );
  for (const [index, rows] of sizes.entries()) {
    printLine(
      rows.toLocaleString('en'),
      medianOf(charges, index, ({ wallMs }) => wallMs).toFixed(0),
      perSecond(seats, index),
      ((medianOf(seats, index, (each) => each.cpuSeconds.postgres) * 1e6) / USERS).toFixed(0),
      medianOf(alone, index, ({ p50Ms }) => p50Ms).toFixed(1),
    );
  }
  await Promise.all(seatlanes.map((seatlane) => seatlane.close()));
}

async function compareWorkers(counts: readonly number[]): Promise<void> {
  log(`Starting ${counts.join(', ')} worker processes …`);
  const variants = counts.map((workers) => ({ name: `workers_${workers}`, workers }));
  const seatlanes = await openSeatlanes(system, variants);
  for (const [index, workers] of counts.entries()) {
    await untilShared(seatlanes[index] as Contestant, workers);
  }
  const seats = await inTurns(seatlanes, bookDifferentSeats);
  print(
    ['worker processes', `${USERS} different seats per second`],
    ['CPU s: API / workers / PostgreSQL / Redis'],
  );
  for (const [index, workers] of counts.entries()) {
    const names = ['api', 'worker', 'postgres', 'redis'] as const;
    const spent = names.map((name) => medianOf(seats, index, (each) => each.cpuSeconds[name]));
    const cpu = spent.map((seconds) => seconds.toFixed(2)).join(' / ');
    printLine(String(workers), perSecond(seats, index), cpu);
  }
  await Promise.all(seatlanes.map((seatlane) => seatlane.close()));
}

/** @returns the repeats of each system; the first round is a warm-up and is not included */
async function inTurns(
  seatlanes: readonly Contestant[],
  act: (seatlane: Contestant, begin: Begin) => Promise<Outcome>,
): Promise<Measured[][]> {
  const found = seatlanes.map((): Measured[] => []);
  for (let repeat = 0; repeat <= REPEATS; repeat += 1) {
    for (const [index, seatlane] of seatlanes.entries()) {
      const measured = await measure(system, seatlane, (begin) => act(seatlane, begin));
      if (repeat > 0) found[index]?.push(measured);
    }
  }
  return found;
}

async function bookDifferentSeats(seatlane: Contestant, begin: Begin): Promise<Outcome> {
  const { seatIds } = await seatlane.hall(USERS);
  await begin();
  const loaded = await atOnce(
    seatIds.map((id, user) => () => seatlane.post(`/concerts/seats/${id}/book`, user)),
  );
  return toOutcome(loaded, 0);
}

function medianOf(found: Measured[][], index: number, of: (each: Measured) => number): number {
  return median((found[index] as Measured[]).map(of));
}

function perSecond(found: Measured[][], index: number): string {
  return medianOf(found, index, (each) => each.perSecond).toFixed(0);
}

function print(...names: string[][]): void {
  console.log(`\nMedians of ${REPEATS} runs; the systems take turns.\n`);
  printLine(...names.flat());
  printLine(...names.flat().map(() => '---'));
}

function printLine(...cells: string[]): void {
  console.log(`| ${cells.join(' | ')} |`);
}

/** Waits until the lanes are shared among all workers, which takes a second or two. */
async function untilShared({ query }: Contestant, workers: number): Promise<void> {
  for (;;) {
    const owners = await query(`select distinct owner from lane where in_use`);
    if (owners.length >= workers) return;
    await sleep(100);
  }
}
