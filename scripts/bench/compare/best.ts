/**
 * `npm run bench:best`: orders of the best available seats of a large hall, which are chosen one batch after another, beside orders of
 * seats that the buyers name, with one worker process and with several. Prints rates, latencies and CPU times. Ends with an audit.
 *
 *   node scripts/bench/compare/best.ts [--seats 50000] [--orders 1000] [--places 2] [--people 64] [--workers 1,3] [--rounds 3]
 */
import { readCommandLine } from '../../../src/config/command-line.ts';
import { auditOf } from '../audit.ts';
import { startBenchSystem } from '../system.ts';
import { type Contestant, openSeatlanes } from './contestants.ts';
import { mean, median } from './figures.ts';
import { type Measured, measure } from './measure.ts';
import { eachOnce } from './people.ts';
import type { Begin, Outcome } from './scenarios.ts';

const { values } = readCommandLine(import.meta.filename, {
  options: {
    seats: { type: 'string', default: '50000' },
    orders: { type: 'string', default: '1000' },
    places: { type: 'string', default: '2' },
    people: { type: 'string', default: '64' },
    workers: { type: 'string', default: '1,3' },
    rounds: { type: 'string', default: '3' },
  },
});
const seatCount = Number(values.seats);
const orderCount = Number(values.orders);
const places = Number(values.places);
const people = Number(values.people);
const rounds = Number(values.rounds);
const SEATS_PER_ROW = 100;
/** Has no divisor in common with a hall of round size, so that named seats are spread over it. */
const STRIDE = 7919;

type Choice = 'named' | 'best';

/** Places the orders, each by another user. They stay held. */
async function place(who: Contestant, choice: Choice, begin: Begin): Promise<Outcome> {
  const { scheduleId, seatIds } = await who.hall(seatCount, SEATS_PER_ROW);
  const seatsOf = (order: number) =>
    Array.from({ length: places }, (_, place) => {
      return seatIds[((order * places + place) * STRIDE) % seatCount];
    });
  return eachOnce(who, { people, count: orderCount }, begin, (order) => {
    const chosen =
      choice === 'best' ? { bestAvailable: { quantity: places } } : { seatIds: seatsOf(order) };
    return who.post('/orders', order, { scheduleId, ...chosen });
  });
}

const system = await startBenchSystem();
try {
  const counts = values.workers.split(',').map(Number);
  const contestants = await openSeatlanes(
    system,
    counts.map((workers) => ({ name: `best_${workers}`, workers })),
  );
  console.log(
    `\n${orderCount} orders of ${places} in a hall of ${seatCount}, ${people} at a time; medians of ${rounds} rounds. CPU in ms an order.\n`,
  );
  console.log('| workers | seats | a second | p50 / p95 | API | worker | PostgreSQL | Redis |');
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
  for (const [index, who] of contestants.entries()) {
    const found: Record<Choice, Measured[]> = { named: [], best: [] };
    // The first round warms the processes up.
    for (let round = 0; round <= rounds; round += 1) {
      for (const choice of ['named', 'best'] as const) {
        const measured = await measure(system, who, (begin) => place(who, choice, begin));
        if (measured.wrong > 0)
          throw new Error(`${measured.wrong} orders failed, or seats were sold twice.`);
        if (round > 0) found[choice].push(measured);
      }
    }
    for (const choice of ['named', 'best'] as const) {
      const runs = found[choice];
      const of = (pick: (run: Measured) => number) => median(runs.map(pick));
      const cpu = (['api', 'worker', 'postgres', 'redis'] as const).map((part) =>
        ((mean(runs.map((run) => run.cpuSeconds[part])) * 1000) / orderCount).toFixed(2),
      );
      console.log(
        `| ${counts[index]} | ${choice} | ${Math.round(of((run) => run.perSecond))} | ${Math.round(of((run) => run.p50Ms))} / ${Math.round(of((run) => run.p95Ms))} ms | ${cpu.join(' | ')} |`,
      );
    }
    await who.close();
    const url = new URL(who.databaseUrl);
    console.log(`Audit: ${auditOf({ ...system.environment, DATABASE_URL: url.href })}`);
  }
} finally {
  await system.stop();
}
