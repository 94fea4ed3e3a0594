/** A simulated worker, compared with calculations by hand. */
import { beforeEach, expect, test } from 'vitest';
import { Agenda } from '../../../../scripts/simulate/agenda.ts';
import { AreaRow } from '../../../../scripts/simulate/area-row.ts';
import { Batcher } from '../../../../scripts/simulate/batcher.ts';
import type { Costs } from '../../../../scripts/simulate/costs.ts';
import { Station } from '../../../../scripts/simulate/station.ts';

const each = { api: 0, redis: 0, worker: 2, postgres: 3 };
const costs: Pick<Costs, 'commands' | 'batch'> = {
  commands: { enter: each, buy: each },
  batch: { redis: 1, worker: 10, postgres: 20 },
};

let agenda: Agenda;
let worker: Batcher;
let other: Batcher;
let area: AreaRow;
let doneAt: number[];

beforeEach(() => {
  agenda = new Agenda();
  // With as many cores as workers they wait for nothing but the area.
  const [redis, postgres] = [new Station(2), new Station(2)];
  area = new AreaRow(agenda);
  const deps = { agenda, costs, batchSize: 100, redis, postgres, area };
  worker = new Batcher(deps);
  other = new Batcher(deps);
  doneAt = [];
});

function addAt(ms: number, count: number): void {
  agenda.put(ms / 1000, () => {
    for (let number = 0; number < count; number += 1) {
      worker.add({ kind: 'buy', isOfArea: false }, () =>
        doneAt.push(Math.round(agenda.now * 1000)),
      );
    }
  });
}

test('a single command takes the time of a batch of one', () => {
  addAt(0, 1);
  agenda.run();
  expect(doneAt).toEqual([1 + 10 + 2 + 20 + 3]);
});

test('commands that arrive during a batch form the next one', () => {
  addAt(0, 1);
  addAt(10, 30);
  agenda.run();
  expect(worker.batches).toBe(2);
  expect(doneAt.at(-1)).toBe(36 + 31 + 30 * 5);
});

test('a rush is applied in full batches, one after another', () => {
  addAt(0, 1);
  addAt(1, 1000);
  agenda.run();
  expect(worker.batches).toBe(11);
  expect(doneAt).toHaveLength(1001);
  expect(doneAt.at(-1)).toBe(36 + 10 * (31 + 100 * 5));
  expect(worker.full.share(10) * 10).toBeCloseTo((10 * (31 + 100 * 5)) / 1000);
});

test('batches that change the area take turns, and others do not wait for it', () => {
  const add = (to: Batcher, isOfArea: boolean) =>
    to.add({ kind: 'buy', isOfArea }, () => doneAt.push(Math.round(agenda.now * 1000)));
  agenda.put(0, () => {
    add(worker, true);
    add(other, true);
  });
  agenda.run();
  expect(doneAt).toEqual([1 + 35, 1 + 35 + 35]);
  expect(area.locked.share(10) * 10).toBeCloseTo(0.07);

  doneAt = [];
  agenda.put(1, () => {
    add(worker, true);
    add(other, false);
  });
  agenda.run();
  expect(doneAt).toEqual([1036, 1036]);
});

test('a worker that takes commands some time after it woke up takes those of the same moment together', () => {
  const [redis, postgres] = [new Station(), new Station()];
  const takeSeconds = 0.002;
  worker = new Batcher({ agenda, costs, batchSize: 100, redis, postgres, area, takeSeconds });
  addAt(0, 5);
  addAt(10, 1);
  agenda.run();
  const five = 2 + 1 + 10 + 5 * 2 + 20 + 5 * 3;
  expect(doneAt).toEqual([...new Array(5).fill(five), five + 2 + 1 + 10 + 2 + 20 + 3]);
  expect(worker.batches).toBe(2);
});
