/** How the areas of watched schedules are read, and what their streams are sent. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Area } from '../../../../src/commands/schemas/resources.ts';
import { WatchedAreas } from '../../../../src/http/seat-maps/watched-areas.ts';
import { readEvent } from '../../../support/http/wire-events.ts';

const [SCHEDULE, OTHER] = [7, 8];
const areaOf = (id: number, held = 0): Area => {
  return { id, name: `Area ${id}`, price: 60, capacity: 20, available: 20 - held, held, sold: 0 };
};

let now: Map<number, Area[]>;
/** The schedules of each read. */
let reads: (readonly number[])[];
let sent: unknown[];
let areas: WatchedAreas;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
  now = new Map([
    [SCHEDULE, [areaOf(1), areaOf(2)]],
    [OTHER, [areaOf(3)]],
  ]);
  reads = [];
  sent = [];
  areas = watching(async () => new Map(now));
});
afterEach(() => {
  vi.useRealTimers();
});

function watching(read: () => Promise<Map<number, Area[]>>): WatchedAreas {
  return new WatchedAreas({
    read(scheduleIds) {
      reads.push(scheduleIds);
      return read();
    },
    onChange: (_, event) => sent.push(readEvent(event).data),
  });
}
const whole = async (scheduleId = SCHEDULE) => {
  await areas.ready(scheduleId);
  const event = areas.event(scheduleId);
  return event && readEvent(event);
};
const change = (...items: Area[]) => now.set(SCHEDULE, items);

test('a thousand new streams share at most two reads, and the event', async () => {
  await Promise.all(Array.from({ length: 1000 }, () => areas.ready(SCHEDULE)));
  expect(reads.length).toBeLessThanOrEqual(2);
  expect(areas.event(SCHEDULE)).toBe(areas.event(SCHEDULE));
  expect(await whole()).toEqual({
    event: 'areas',
    id: undefined,
    data: { scheduleId: SCHEDULE, items: [areaOf(1), areaOf(2)] },
  });
  expect(sent).toEqual([]);
});

test('a refresh sends the areas that have changed, and nothing if none has', async () => {
  await areas.ready(SCHEDULE);
  await areas.refresh();
  expect(sent).toEqual([]);
  change(areaOf(1), areaOf(2, 3));
  await areas.refresh();
  expect(sent).toEqual([{ scheduleId: SCHEDULE, items: [areaOf(2, 3)] }]);
  expect((await whole())?.data).toEqual({ scheduleId: SCHEDULE, items: now.get(SCHEDULE) });
});

test('a refresh reads all watched schedules at once', async () => {
  await areas.ready(SCHEDULE);
  await areas.ready(OTHER);
  reads = [];
  change(areaOf(1, 1), areaOf(2));
  now.set(OTHER, [areaOf(3, 2)]);
  await areas.refresh();
  expect(reads).toEqual([[SCHEDULE, OTHER]]);
  expect(sent).toEqual([
    { scheduleId: SCHEDULE, items: [areaOf(1, 1)] },
    { scheduleId: OTHER, items: [areaOf(3, 2)] },
  ]);
});

test('a stream begins with what is read after it came', async () => {
  await areas.ready(SCHEDULE);
  change(areaOf(1, 4), areaOf(2));
  expect((await whole())?.data).toMatchObject({ items: [{ held: 4 }, { held: 0 }] });
});

test('the other streams are told at the next refresh, also if a count is as it was', async () => {
  await areas.ready(SCHEDULE);
  change(areaOf(1, 4), areaOf(2));
  await areas.ready(SCHEDULE);
  expect(sent, 'new streams do not make others receive more').toEqual([]);
  // The stream that has just begun knows of four held places.
  change(areaOf(1), areaOf(2));
  await areas.refresh();
  expect(sent).toEqual([{ scheduleId: SCHEDULE, items: [areaOf(1)] }]);
});

test('a refresh that costs a lot is followed by a pause', async () => {
  let costMs = 100;
  areas = watching(async () => {
    vi.advanceTimersByTime(costMs);
    return new Map(now);
  });
  await areas.ready(SCHEDULE);
  await areas.refresh();
  reads = [];
  vi.advanceTimersByTime(399);
  await areas.refresh();
  expect(reads).toEqual([]);
  vi.advanceTimersByTime(1);
  costMs = 0;
  await areas.refresh();
  await areas.refresh();
  expect(reads).toHaveLength(2);
});

test('a schedule without areas begins with none, and is not read again', async () => {
  now.delete(SCHEDULE);
  expect((await whole())?.data).toEqual({ scheduleId: SCHEDULE, items: [] });
  expect((await whole())?.data).toEqual({ scheduleId: SCHEDULE, items: [] });
  await areas.refresh();
  expect(reads).toEqual([[SCHEDULE]]);
});

test('a schedule that is no longer watched is forgotten, and then read anew', async () => {
  await areas.ready(SCHEDULE);
  areas.forget(SCHEDULE);
  expect(areas.event(SCHEDULE)).toBeUndefined();
  change(areaOf(1, 5));
  await areas.refresh();
  expect([reads.length, sent]).toEqual([1, []]);
  expect((await whole())?.data).toEqual({ scheduleId: SCHEDULE, items: now.get(SCHEDULE) });
});

test('what was read of a schedule that was forgotten meanwhile is not used', async () => {
  const beginning = areas.ready(SCHEDULE);
  areas.forget(SCHEDULE);
  await beginning;
  expect(areas.event(SCHEDULE)).toBeUndefined();
});

test('a read that began before all was forgotten changes nothing', async () => {
  await areas.ready(SCHEDULE);
  change(areaOf(1, 9), areaOf(2));
  const refreshing = areas.refresh();
  areas.forgetAll();
  await refreshing;
  expect(sent).toEqual([]);
});

test('a failed read leaves no trace, and the next one is tried', async () => {
  areas = watching(async () => {
    if (reads.length === 1) throw new Error('PostgreSQL is away.');
    return new Map(now);
  });
  await expect(areas.ready(SCHEDULE)).rejects.toThrow('PostgreSQL is away.');
  await areas.refresh();
  expect(reads).toHaveLength(1);
  expect(await whole()).toBeDefined();
});
