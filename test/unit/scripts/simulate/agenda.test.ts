/** Acts run in the order of their time. */
import { expect, test } from 'vitest';
import { Agenda } from '../../../../scripts/simulate/agenda.ts';
import { seededRandom } from '../../../../scripts/simulate/seeded-random.ts';

test('acts run in the order of their time, and of insertion for the same time', () => {
  const agenda = new Agenda();
  const random = seededRandom(3);
  const times = Array.from({ length: 2000 }, () => Math.floor(random() * 100));
  const seen: [time: number, put: number][] = [];
  times.forEach((time, put) => {
    agenda.put(time, () => seen.push([agenda.now, put]));
  });
  agenda.run();
  const expected = times.map((time, put): [number, number] => [time, put]);
  expect(seen).toEqual(expected.toSorted((one, other) => one[0] - other[0] || one[1] - other[1]));
});

test('an act can add other acts, but not in the past', () => {
  const agenda = new Agenda();
  const seen: number[] = [];
  agenda.put(2, () => agenda.put(agenda.now + 1, () => seen.push(agenda.now)));
  agenda.put(2.5, () => seen.push(agenda.now));
  agenda.run();
  expect(seen).toEqual([2.5, 3]);
  expect(() => agenda.put(1, () => undefined)).toThrow('It is 3 s');
});
