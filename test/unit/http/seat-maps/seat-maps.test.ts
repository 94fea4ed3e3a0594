/** The seat maps of a process: the identity of versions, and what listeners receive, also after a model was evicted. */
import { setImmediate as immediate } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Area } from '../../../../src/commands/schemas/resources.ts';
import type { WireEvent } from '../../../../src/http/events/wire-event.ts';
import { SeatMaps } from '../../../../src/http/seat-maps/seat-maps.ts';
import { readEvent } from '../../../support/http/wire-events.ts';
import { waitFor } from '../../../support/wait-for.ts';

const OTHER = 2;
const WATCH_EVERY_MS = 250;

/** Seat maps with a limit of one schedule: a request for another schedule evicts the first one. */
function smallMaps(states: { now: string }, areas = async () => new Map<number, Area[]>()) {
  const maps = new SeatMaps(
    {
      fixedSeats: async () =>
        [1, 2, 3].map((id) => ({ id, section: null, row: null, number: id, price: 1 })),
      states: async () => states.now,
      idsInState: async () => ({ ids: [], blockedIds: [] }),
      blockedReasons: async () => new Map(),
      areas,
    },
    3,
  );
  onTestFinished(() => maps.stop());
  const heard: ReturnType<typeof readEvent>[] = [];
  const listener = {
    send: (event: WireEvent) => void heard.push(readEvent(event)),
    end() {},
    isClosed: false,
  };
  return { maps, heard, listener };
}

test('a tag never names two different maps, even after the first was evicted', async () => {
  const states = { now: 'aaa' };
  const { maps } = smallMaps(states);
  const before = { map: await maps.all(1), availability: await maps.availability(1) };
  await maps.all(OTHER);
  states.now = 'sss';
  const after = { map: await maps.all(1), availability: await maps.availability(1) };
  expect(after.map?.text).not.toBe(before.map?.text);
  expect(after.map?.etag).not.toBe(before.map?.etag);
  expect(after.availability?.version).not.toBe(before.availability?.version);
});

test('a client that resumes from an evicted version gets all states', async () => {
  const states = { now: 'aaa' };
  const { maps, heard, listener } = smallMaps(states);
  let lastEventId: string | undefined;
  const send = (event: WireEvent) => {
    lastEventId ??= readEvent(event).id;
  };
  await maps.listen(1, undefined, { send, end() {}, isClosed: true });
  await maps.all(OTHER);
  states.now = 'sss';
  await maps.listen(1, lastEventId, listener);
  expect(heard).toMatchObject([{ event: 'reset', data: { seatCount: 3 } }, { event: 'areas' }]);
  expect(heard[0]?.id).not.toBe(lastEventId);
});

test('a listener of an evicted model gets all states', async () => {
  const states = { now: 'aaa' };
  const { maps, heard, listener } = smallMaps(states);
  await maps.listen(1, undefined, listener);
  states.now = 'sss';
  await maps.all(OTHER);
  await waitFor('the states of the new model', () => heard.length > 2);
  const now = (await maps.availability(1))?.states;
  expect(heard[2]).toMatchObject({ event: 'reset', data: { states: now } });
});

test('a schedule without changes sends nothing', async () => {
  const { maps, heard, listener } = smallMaps({ now: 'aaa' });
  await maps.listen(1, undefined, listener);
  await maps.availability(1);
  await maps.availability(1);
  expect(heard.map(({ event }) => event)).toEqual(['reset', 'areas']);
});

test.each([1, 2500])(
  'many schedules of %i seats that are watched are refreshed two at a time',
  async (size) => {
    const SCHEDULES = 20;
    let reading = 0;
    let most = 0;
    const reads = { count: 0 };
    const maps = new SeatMaps({
      fixedSeats: async (id) =>
        Array.from({ length: size }, (_, index) => {
          const number = index + 1;
          return { id: id * size + number, section: null, row: null, number, price: 1 };
        }),
      async states() {
        reads.count += 1;
        reading += 1;
        most = Math.max(most, reading);
        for (let turn = 0; turn < 5; turn += 1) await immediate();
        reading -= 1;
        return 'a'.repeat(size);
      },
      idsInState: async () => ({ ids: [], blockedIds: [] }),
      blockedReasons: async () => new Map(),
      areas: async () => new Map(),
    });
    onTestFinished(() => maps.stop());
    for (let id = 1; id <= SCHEDULES; id += 1) {
      await maps.listen(id, undefined, { send() {}, end() {}, isClosed: false });
    }
    [reads.count, most] = [0, 0];
    await waitFor('two rounds', () => reads.count >= 2 * SCHEDULES);
    expect(most).toBe(2);
  },
);

test('a listener whose model was replaced while its areas were read gets the states of the new one', async () => {
  const states = { now: 'aaa' };
  const areas = Promise.withResolvers<Map<number, Area[]>>();
  let isAsked = false;
  const { maps, heard, listener } = smallMaps(states, () => {
    isAsked = true;
    return areas.promise;
  });
  const listening = maps.listen(1, undefined, listener);
  await waitFor('the areas to be read', () => isAsked);
  states.now = 'sss';
  await maps.all(OTHER);
  const now = await maps.availability(1);
  areas.resolve(new Map());
  await listening;
  expect(heard).toMatchObject([{ event: 'reset', data: { states: now?.states } }, {}]);
});

test('a listener that begins after a failover was noticed gets areas that are read anew', async () => {
  const lost = Promise.withResolvers<Map<number, Area[]>>();
  const area = { id: 5, name: 'Box', price: 1, capacity: 4, available: 4, held: 0, sold: 0 };
  const reads = [lost.promise, Promise.resolve(new Map([[1, [area]]]))];
  const { maps, heard, listener } = smallMaps(
    { now: 'aaa' },
    async () => reads.shift() ?? new Map(),
  );
  await maps.availability(1);
  const listening = maps.listen(1, undefined, listener);
  await waitFor('the areas to be read', () => reads.length === 1);
  maps.forgetAll();
  lost.resolve(new Map([[1, [{ ...area, available: 0, held: 4 }]]]));
  await listening;
  expect(heard.at(-1)).toMatchObject({ event: 'areas', data: { items: [area] } });
});

test.each(Array.from({ length: 40 }, (_, turns) => turns))(
  'a change that is told %i turns after a stream has begun is not missed',
  async (turns) => {
    // The pause between two refreshes is measured, so that time must go on with the timers.
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const area = { id: 5, name: 'Box', price: 1, capacity: 4, available: 4, held: 0, sold: 0 };
    const now = { held: 0 };
    const { maps, heard, listener } = smallMaps(
      { now: 'aaa' },
      async () => new Map([[1, [{ ...area, ...now }]]]),
    );
    await maps.listen(1, undefined, { send() {}, end() {}, isClosed: false });
    const beginning = maps.listen(1, undefined, listener);
    for (let turn = 0; turn < turns; turn += 1) await undefined;
    now.held = 2;
    vi.advanceTimersByTime(WATCH_EVERY_MS);
    await beginning;
    await immediate();
    vi.advanceTimersByTime(WATCH_EVERY_MS);
    await immediate();
    expect(heard.at(-1)).toMatchObject({ event: 'areas', data: { items: [{ held: 2 }] } });
  },
);
