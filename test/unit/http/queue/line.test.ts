/** The lines of the queues in memory, against a model that knows who is in them. */
import { expect, test } from 'vitest';
import { seededRandom } from '../../../../scripts/simulate/seeded-random.ts';
import type { LineBlock } from '../../../../src/db/reads/queue/line.ts';
import { QueueLine, QueueLines } from '../../../../src/http/queue/line.ts';

const block = (given: Partial<LineBlock> & { set?: readonly number[] }): LineBlock => {
  const { set = [], ...others } = given;
  const bits = Array.from({ length: 1024 }, (_, index) => (set.includes(index) ? '1' : '0'));
  return { queueId: 1, source: 'users', block: 0, version: 1, gone: bits.join(''), ...others };
};

test('a new line has everybody in it', () => {
  const line = new QueueLine();
  expect([line.inLineBefore(1), line.inLineBefore(5000), line.isGone(5000)]).toEqual([
    0,
    4999,
    false,
  ]);
});

test('numbers at the ends of words and blocks are found', () => {
  const line = new QueueLine();
  line.apply([block({ set: [0, 31, 32, 1023] }), block({ block: 2, set: [0] })]);
  const gone = [1, 32, 33, 1024, 2049];
  for (const number of gone) expect(line.isGone(number), `${number}`).toBe(true);
  for (const number of [2, 31, 34, 1023, 1025, 2048, 2050, 9000])
    expect(line.isGone(number), `${number}`).toBe(false);
  expect([32, 33, 34, 1025, 2049, 2050, 9000].map((number) => line.inLineBefore(number))).toEqual([
    30, 30, 30, 1020, 2044, 2044, 8994,
  ]);
});

test('what users and the system have noted counts once, and a number can be in the line again', () => {
  const line = new QueueLine();
  line.apply([block({ set: [3, 4] }), block({ source: 'system', set: [4, 5], version: 7 })]);
  expect(line.inLineBefore(10)).toBe(6);
  expect(line.versions).toEqual({ users: 1, system: 7 });
  line.apply([block({ source: 'system', set: [4], version: 8 })]);
  expect([line.isGone(6), line.inLineBefore(10)]).toEqual([false, 7]);
});

test('each queue has a line of its own', () => {
  const lines = new QueueLines();
  lines.apply([block({ set: [0] }), block({ queueId: 2, source: 'system', set: [1], version: 3 })]);
  expect([1, 2].map((queueId) => lines.of(queueId).isGone(1))).toEqual([true, false]);
  expect(lines.known([1, 2, 3])).toEqual([
    { queueId: 1, users: 1, system: -1 },
    { queueId: 2, users: -1, system: 3 },
    { queueId: 3, users: -1, system: -1 },
  ]);
});

const NUMBERS = 3000;
const STEPS = 200;

/** Numbers as rows, as the database has them. */
class Model {
  readonly #rows = new Map<string, { set: Set<number>; version: number }>();
  readonly #versions = { users: 0, system: 0 };

  /** Users leave, the system admits, skips, ends or renumbers: numbers are gone; those of users who return are not. */
  change(source: LineBlock['source'], numbers: readonly number[], isGone: boolean): void {
    this.#versions[source] += 1;
    for (const number of numbers) {
      const key = `${source}:${Math.floor((number - 1) / 1024)}`;
      const row = this.#rows.get(key) ?? { set: new Set(), version: 0 };
      row.set[isGone ? 'add' : 'delete']((number - 1) % 1024);
      row.version = this.#versions[source];
      this.#rows.set(key, row);
    }
  }

  isGone(number: number): boolean {
    const [index, bit] = [Math.floor((number - 1) / 1024), (number - 1) % 1024];
    return ['users', 'system'].some((by) => this.#rows.get(`${by}:${index}`)?.set.has(bit));
  }

  /** The rows that a reader who knows these versions reads. */
  changedSince(known: { users: number; system: number }): LineBlock[] {
    return [...this.#rows].flatMap(([key, { set, version }]) => {
      const [source, index] = key.split(':') as [LineBlock['source'], string];
      if (version <= known[source]) return [];
      return [block({ source, block: Number(index), version, set: [...set] })];
    });
  }
}

test.each([1, 2, 3, 4])('after each read all positions are those of the model (%i)', (seed) => {
  const random = seededRandom(seed);
  const pick = () => 1 + Math.floor(random() * NUMBERS);
  const [model, line] = [new Model(), new QueueLine()];
  for (let step = 0; step < STEPS; step += 1) {
    const numbers = Array.from({ length: 1 + Math.floor(random() * 40) }, pick);
    const source = random() < 0.4 ? 'users' : 'system';
    model.change(source, numbers, source === 'users' || random() < 0.7);
    if (random() < 0.5) continue;
    line.apply(model.changedSince(line.versions));
    let ahead = 0;
    const wrong: number[] = [];
    for (let number = 1; number <= NUMBERS; number += 1) {
      const isGone = model.isGone(number);
      if (line.inLineBefore(number) !== ahead || line.isGone(number) !== isGone) wrong.push(number);
      if (!isGone) ahead += 1;
    }
    expect(wrong).toEqual([]);
  }
});
