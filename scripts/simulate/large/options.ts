/** The options of the large sale on the command lines of the benchmark and of the simulation. */
import { refuseUsage } from '../../../src/config/command-line.ts';
import { type LargeOptions, largeDefaults } from './plan.ts';

const USERS = 200_000;
const FRACTIONS = new Set<keyof LargeOptions>(['arrivals', 'pause', 'settle', 'card']);
const MAY_BE_NONE = new Set<keyof LargeOptions>(['burst', 'settle', 'card']);

const text = { type: 'string' } as const;

/** For `readCommandLine`. */
export const LARGE_OPTIONS = {
  users: text,
  places: text,
  arrivals: text,
  admit: text,
  pause: text,
  settle: text,
  card: text,
  hold: text,
  burst: text,
  seed: text,
};

/** Reads the options that are given; the others have their defaults. Exits the process with 2 if one is invalid. @param file the program's file */
export function readLargeOptions(
  file: string,
  values: Partial<Record<keyof LargeOptions, string | undefined>>,
): LargeOptions {
  const given = Object.entries(values).flatMap(([key, value]) => {
    const name = key as keyof LargeOptions;
    return name in LARGE_OPTIONS && value !== undefined
      ? [[name, read(file, name, value)] as const]
      : [];
  });
  const options = Object.fromEntries(given) as Partial<LargeOptions>;
  return { ...largeDefaults(options.users ?? USERS), ...options };
}

function read(file: string, name: keyof LargeOptions, value: string): number {
  const number = Number(value);
  const isRight =
    (FRACTIONS.has(name) ? Number.isFinite(number) : Number.isInteger(number)) &&
    (MAY_BE_NONE.has(name) ? number >= 0 : number > 0) &&
    (name !== 'card' || number <= 1);
  return isRight ? number : refuseUsage(file, `--${name} ${value} is invalid.`);
}
