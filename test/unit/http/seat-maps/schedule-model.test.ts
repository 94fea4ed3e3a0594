/** A schedule in memory: shared refreshes, versions, and what a client has missed. */
import { expect, test } from 'vitest';
import { ScheduleModel, type Step } from '../../../../src/http/seat-maps/schedule-model.ts';

function aModel(states: string[], seatCount = states[0]?.length ?? 0) {
  const told: Step[] = [];
  let reads = 0;
  const model = new ScheduleModel({
    scheduleId: 4,
    bootId: 'boot',
    seats: Array.from({ length: seatCount }, (_, index) => ({
      ...{ id: index + 1, section: 'A "quoted"', row: null, number: index + 1, price: 5 },
    })),
    readStates: async () => {
      reads += 1;
      return states[Math.min(reads, states.length) - 1] as string;
    },
    onStep: (step) => told.push(step),
  });
  return { model, told, reads: () => reads };
}

test('the body is the seats with their states, and a new version has a new tag', async () => {
  const { model } = aModel(['ah', 'as']);
  await model.freshen();
  const first = await model.map();
  expect(JSON.parse(first.body)).toEqual({
    scheduleId: 4,
    items: [
      { id: 1, section: 'A "quoted"', row: null, number: 1, price: 5, state: 'available' },
      { id: 2, section: 'A "quoted"', row: null, number: 2, price: 5, state: 'held' },
    ],
  });
  await model.freshen();
  const second = await model.map();
  expect(JSON.parse(second.body).items[1].state).toBe('sold');
  expect(second.etag).not.toBe(first.etag);
});

test('those who ask at once share two reads: the one under way, and the next', async () => {
  const { model, reads } = aModel(['a']);
  await Promise.all(Array.from({ length: 100 }, () => model.freshen()));
  expect(reads()).toBe(2);
});

test('a large schedule is read once for all who ask within a moment', async () => {
  const { model, reads } = aModel(['a'.repeat(2001)]);
  await Promise.all(Array.from({ length: 100 }, () => model.freshen()));
  await model.freshen();
  expect(reads()).toBeLessThanOrEqual(2);
});

test('a client is told the steps that it missed, unless they are of another process or forgotten', async () => {
  const { model, told } = aModel(['aa', 'ah', 'hh', 'hh']);
  for (let turn = 0; turn < 4; turn += 1) await model.freshen();
  expect(told.map(({ version }) => version)).toEqual([1, 2, 3]);
  expect(model.stepsSince('boot.1')).toEqual([
    { version: 2, changes: [[2, 'held']] },
    { version: 3, changes: [[1, 'held']] },
  ]);
  expect(model.stepsSince('boot.3')).toEqual([]);
  expect(model.stepsSince('another.1')).toBeUndefined();
  expect(model.stepsSince('boot.99')).toBeUndefined();
  expect(model.stepsSince('boot.x')).toBeUndefined();
});
