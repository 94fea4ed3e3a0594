/** The figures of two versions that were measured in turns, as text. */
import type { Measured } from './measure.ts';

export type Side = 'this' | 'other';

export interface Rounds {
  name: string;
  people: number;
  rounds: readonly Record<Side, Measured>[];
}

type Process = keyof Measured['cpuSeconds'];

/** The CPU time of all processes for each journey or purchase, in ms. */
const cpuMs = ({ cpuSeconds, n }: Measured) =>
  (Object.values(cpuSeconds).reduce((sum, each) => sum + each, 0) * 1000) / n;
const cpuMsOf = (name: Process) => (each: Measured) => (each.cpuSeconds[name] * 1000) / each.n;

/** A line for each load: rates, CPU time, their ratios with the standard error, and the CPU time of each process. */
export function linesOf(loads: readonly Rounds[]): string[] {
  const head =
    'load, people | this, other /s | ratio | CPU ms | ratio | API, worker, PostgreSQL, Redis: ms';
  return [
    head,
    ...loads.map(lineOf),
    ...loads.flatMap((load) => ratioOf('orders-of-four', 'orders-of-one', load, loads)),
    ...loads.flatMap((load) => ratioOf('journeys', 'six-empty', load, loads)),
  ];
}

function lineOf({ name, people, rounds }: Rounds): string {
  const means = (figure: (of: Measured) => number, digits: number) =>
    sides
      .map((side) => mean(rounds.map((round) => figure(round[side]))).toFixed(digits))
      .join(', ');
  const ratio = (figure: (of: Measured) => number) =>
    withError(rounds.map((round) => figure(round.this) / figure(round.other)));
  const byProcess = (['api', 'worker', 'postgres', 'redis'] as const).map((process) =>
    means(cpuMsOf(process), 3),
  );
  return [
    `${name}, ${people}`,
    means(({ perSecond }) => perSecond, 0),
    ratio(({ perSecond }) => perSecond),
    means(cpuMs, 2),
    ratio(cpuMs),
    byProcess.join('; '),
  ].join(' | ');
}

const sides = ['this', 'other'] as const;

/** How many times the CPU time of another load a load takes; nothing if it is not `name`, or the other was not measured. */
function ratioOf(
  name: string,
  to: string,
  { name: own, people, rounds }: Rounds,
  loads: readonly Rounds[],
): string[] {
  const other = loads.find((load) => load.name === to && load.people === people);
  if (own !== name || !other) return [];
  const ratios = sides.map((side) =>
    withError(
      rounds.map((round, index) => {
        const compared = other.rounds[index] as typeof round;
        return cpuMs(round[side]) / cpuMs(compared[side]);
      }),
    ),
  );
  return [`CPU of ${name} to ${to}, ${people}: ${ratios.join(', ')}`];
}

const mean = (numbers: readonly number[]) =>
  numbers.reduce((sum, each) => sum + each, 0) / numbers.length;

/** The mean with its standard error. */
function withError(numbers: readonly number[]): string {
  const middle = mean(numbers);
  const variance =
    numbers.reduce((sum, each) => sum + (each - middle) ** 2, 0) / (numbers.length - 1);
  return `${middle.toFixed(3)} ± ${Math.sqrt(variance / numbers.length).toFixed(3)}`;
}
