/**
 * `npm run bench:sale`: measures a realistic sale. All users enter the queue at once, poll their entry while they wait,
 * are admitted at a fixed rate, read the seats, book, charge and pay. A share of them wants a standing place of an area instead, which is of
 * another schedule. A user who is refused tries again, a few times. Prints
 * the latencies of each kind of request, and ends with an audit.
 *
 *   node scripts/bench/sale.ts [--users 5000] [--admit 250] [--standing 0]      admitted per 10 s; share of users, 0 to 1
 *
 * With `--large` it is the sale of docs/scaling.md: 200,000 users enter three queues for 20,000 seats and 5,000 standing places, poll, and pay
 * for orders of one to four places by points and card. What each user was told is compared with the database, and the money with the sandbox.
 *
 *   node scripts/bench/sale.ts --large [--users 200000] [--places 25000] [--arrivals 800] [--admit 400] [--pause 100]
 *     [--settle 10] [--card 0.5] [--hold 30] [--burst 0] [--seed 1] [--memory 256] [--costs FILE]
 *
 * Arrivals are a second, admissions in 10 s over all queues. `--pause` is the longest between two polls, in s; by default shorter for fewer users, so
 * that there are as many polls. `--settle` is the time from the last arrival to the opening, `--burst` how many users arrive at once before the
 * others, `--memory` the limit of the API process's old generation, in MB. `--costs` writes the costs of this run to a file for
 * `npm run simulate -- --large --costs FILE`: use it with 40,000 users, 6,000 places, a burst of 4,000 and 30 s to settle.
 */
import { isNumber, readCommandLine, refuseUsage } from '../../src/config/command-line.ts';
import { LARGE_OPTIONS, readLargeOptions } from '../simulate/large/options.ts';
import { runLargeSale } from './sale/report.ts';

const { values } = readCommandLine(import.meta.filename, {
  options: {
    large: { type: 'boolean', default: false },
    standing: { type: 'string' },
    costs: { type: 'string' },
    memory: { type: 'string' },
    ...LARGE_OPTIONS,
  },
});

if (values.memory !== undefined && !isNumber(values.memory)) {
  refuseUsage(import.meta.filename, `--memory takes a number, not '${values.memory}'.`);
}
if (values.large) {
  await runLargeSale(readLargeOptions(import.meta.filename, values), {
    costsFile: values.costs,
    memoryMb: values.memory === undefined ? undefined : Number(values.memory),
  });
} else {
  await import('./sale/small.ts');
}
