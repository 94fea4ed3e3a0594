/**
 * What the large sale costs: of each resource so much for each unit of work. `costs.json` is written by `npm run bench:sale -- --large --costs`,
 * from a small run on the same machine; its costs of transactions are those of a second such run (docs/scaling.md).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const UNITS = [
  /** Of the sale, whether something happens or not. */
  'second',
  /** Seconds in which somebody waits: the counters are read, and who was seen is noted in bulk, however many wait. */
  'waitingSecond',
  /** User-seconds in a queue. */
  'waiter',
  'poll',
  /** Polls with an access token that the API process has to verify, because it remembers the latest 50,000 only. */
  'unknownToken',
  /** Users who enter a queue. */
  'enter',
  'batch',
  /** Commands in batches, without those that enter. */
  'command',
  /** Requests of admitted users: commands, and reads. */
  'request',
  'read',
  /** Waiting entries that are ended because all is sold. */
  'ended',
] as const;
export type Unit = (typeof UNITS)[number];
export type Work = Record<Unit, number>;

/** The units on which each resource depends. CPU is in ms; WAL in kB; time in batches in ms, from taking the commands until the commit. */
export const RESOURCES = {
  api: ['second', 'poll', 'unknownToken', 'enter', 'request', 'read'],
  worker: ['second', 'waiter', 'batch', 'enter', 'command', 'ended'],
  postgres: ['second', 'waiter', 'batch', 'enter', 'command', 'read', 'ended'],
  redis: ['second', 'batch', 'enter', 'command'],
  sandbox: ['second', 'request'],
  load: ['second', 'poll', 'enter', 'request', 'read'],
  transactions: ['second', 'waitingSecond', 'enter', 'batch', 'request', 'read', 'ended'],
  wal: ['second', 'waiter', 'batch', 'enter', 'command', 'ended'],
  batchTime: ['batch', 'enter', 'command'],
} as const satisfies Record<string, readonly Unit[]>;
export type Resource = keyof typeof RESOURCES;
export const RESOURCE_NAMES = Object.keys(RESOURCES) as Resource[];

export interface CostTable extends Record<Resource, Partial<Record<Unit, number>>> {
  /** From the first command, or a commit, until a worker has taken the next commands, in ms; what arrives meanwhile is of the same batch. */
  takeMs?: number;
}

/** The work of a part of a run, and what it used. */
export interface Sample {
  work: Work;
  used: Record<Resource, number>;
}

/** What this work uses of a resource. */
export function usedBy(costs: CostTable, resource: Resource, work: Work): number {
  return UNITS.reduce((sum, unit) => sum + (costs[resource][unit] ?? 0) * work[unit], 0);
}

/**
 * Finds the costs that explain the samples best: least squares, no cost below 0.
 * @param known costs that are measured otherwise, such as a unit that the samples do not contain
 */
export function fitCosts(samples: readonly Sample[], known: Partial<CostTable> = {}): CostTable {
  const fitted = RESOURCE_NAMES.map((resource) => {
    const given = known[resource] ?? {};
    const units = RESOURCES[resource].filter((unit) => !(unit in given));
    const rows = samples.map(({ work, used }) => {
      const explained = UNITS.reduce((sum, unit) => sum + (given[unit] ?? 0) * work[unit], 0);
      return { units: units.map((unit) => work[unit]), used: used[resource] - explained };
    });
    const costs = leastSquares(rows);
    return [
      resource,
      { ...given, ...Object.fromEntries(units.map((unit, at) => [unit, costs[at]])) },
    ];
  });
  return Object.fromEntries(fitted) as CostTable;
}

const ROUNDS = 20_000;

/** Non-negative least squares by coordinate descent. */
function leastSquares(rows: readonly { units: number[]; used: number }[]): number[] {
  const size = rows[0]?.units.length ?? 0;
  const sum = (of: (row: { units: number[]; used: number }) => number) =>
    rows.reduce((total, row) => total + of(row), 0);
  const products = Array.from({ length: size }, (_, one) =>
    Array.from({ length: size }, (__, other) =>
      sum(({ units }) => (units[one] as number) * (units[other] as number)),
    ),
  );
  const targets = Array.from({ length: size }, (_, unit) =>
    sum(({ units, used }) => (units[unit] as number) * used),
  );
  const costs = new Array<number>(size).fill(0);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let unit = 0; unit < size; unit += 1) {
      const line = products[unit] as number[];
      const own = line[unit] as number;
      if (own === 0) continue;
      const others = line.reduce(
        (total, product, other) => total + product * (costs[other] as number),
        0,
      );
      const change = ((targets[unit] as number) - others) / own;
      costs[unit] = Math.max(0, (costs[unit] as number) + change);
    }
  }
  return costs;
}

/** Reads a file of costs. @param file by default the measured ones that stand beside this file */
export function readCosts(file = join(import.meta.dirname, 'costs.json')): CostTable {
  return JSON.parse(readFileSync(file, 'utf8')).costs;
}
