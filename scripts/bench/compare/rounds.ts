/** The figures of two versions that were measured in turns, as text. */
import { mean } from './figures.ts';
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
    ...ratiosOf('orders-of-four', 'orders-of-one', loads),
    ...ratiosOf('journeys', 'six-empty', loads),
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

/** How many times the CPU time of another load a load takes, a line for each number of people for which both were measured. */
function ratiosOf(name: string, to: string, loads: readonly Rounds[]): string[] {
  return loads.flatMap((load) => {
    const other = loads.find((each) => each.name === to && each.people === load.people);
    if (load.name !== name || !other) return [];
    const ratios = sides.map((side) => {
      const compared = other.rounds.map((round) => cpuMs(round[side]));
      return withError(
        load.rounds.map((round, at) => cpuMs(round[side]) / (compared[at] as number)),
      );
    });
    return [`CPU of ${name} to ${to}, ${load.people}: ${ratios.join(', ')}`];
  });
}

/** The mean with its standard error. */
function withError(numbers: readonly number[]): string {
  const middle = mean(numbers);
  const variance =
    numbers.reduce((sum, each) => sum + (each - middle) ** 2, 0) / (numbers.length - 1);
  return `${middle.toFixed(3)} ± ${Math.sqrt(variance / numbers.length).toFixed(3)}`;
}
