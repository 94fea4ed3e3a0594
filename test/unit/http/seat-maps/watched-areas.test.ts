/** How the areas of watched schedules are read, and what their streams are sent. */
import { beforeEach, expect, test } from 'vitest';
import type { Area } from '../../../../src/commands/schemas/resources.ts';
import { WatchedAreas } from '../../../../src/http/seat-maps/watched-areas.ts';
import { readEvent } from '../../../support/http/wire-events.ts';

const SCHEDULE = 7;
const areaOf = (id: number, held = 0): Area => {
  return { id, name: `Area ${id}`, price: 60, capacity: 20, available: 20 - held, held, sold: 0 };
};

let now: Area[] | undefined;
let reads: number;
let sent: unknown[];
let areas: WatchedAreas;
beforeEach(() => {
  now = [areaOf(1), areaOf(2)];
  reads = 0;
  sent = [];
  areas = new WatchedAreas({
    async read() {
      reads += 1;
      return now;
    },
    onChange: (_, event) => sent.push(readEvent(event).data),
  });
});
const whole = async () => {
  const event = await areas.all(SCHEDULE);
  return event && readEvent(event);
};

test('a thousand new streams share at most two reads, and the event', async () => {
  const events = await Promise.all(Array.from({ length: 1000 }, () => areas.all(SCHEDULE)));
  expect(reads).toBeLessThanOrEqual(2);
  expect(new Set(events).size).toBe(1);
  expect(await whole()).toEqual({
    event: 'areas',
    id: undefined,
    data: { scheduleId: SCHEDULE, items: now },
  });
  expect(sent).toEqual([]);
});

test('a refresh sends the areas that have changed, and nothing if none has', async () => {
  await areas.all(SCHEDULE);
  await areas.refresh(SCHEDULE);
  expect(sent).toEqual([]);
  now = [areaOf(1), areaOf(2, 3)];
  await areas.refresh(SCHEDULE);
  expect(sent).toEqual([{ scheduleId: SCHEDULE, items: [areaOf(2, 3)] }]);
  expect((await whole())?.data).toEqual({ scheduleId: SCHEDULE, items: now });
});

test('a schedule without areas gets no event, and is not read again', async () => {
  now = [];
  expect(await areas.all(SCHEDULE)).toBeUndefined();
  expect(await areas.all(SCHEDULE)).toBeUndefined();
  await areas.refresh(SCHEDULE);
  expect(reads).toBe(1);
});

test('a schedule that is no longer watched is forgotten, and then read anew', async () => {
  await areas.all(SCHEDULE);
  areas.forget(SCHEDULE);
  now = [areaOf(1, 5)];
  await areas.refresh(SCHEDULE);
  expect([reads, sent]).toEqual([1, []]);
  expect((await whole())?.data).toEqual({ scheduleId: SCHEDULE, items: now });
});

test('a stream that begins while the last other one ends is watched', async () => {
  const beginning = areas.all(SCHEDULE);
  areas.forget(SCHEDULE);
  await beginning;
  now = [areaOf(1, 5), areaOf(2)];
  await areas.refresh(SCHEDULE);
  expect(sent).toEqual([{ scheduleId: SCHEDULE, items: [areaOf(1, 5)] }]);
});

test('a read that began before all was forgotten changes nothing', async () => {
  await areas.all(SCHEDULE);
  now = [areaOf(1, 9), areaOf(2)];
  const refreshing = areas.refresh(SCHEDULE);
  areas.forgetAll();
  await refreshing;
  expect(sent).toEqual([]);
});

test('a failed read leaves no trace, and the next one is tried', async () => {
  const failing = new WatchedAreas({
    async read() {
      reads += 1;
      if (reads === 1) throw new Error('PostgreSQL is away.');
      return now;
    },
    onChange: () => undefined,
  });
  await expect(failing.all(SCHEDULE)).rejects.toThrow('PostgreSQL is away.');
  expect(await failing.all(SCHEDULE)).toBeDefined();
});
