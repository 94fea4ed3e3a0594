/** The model of a schedule in memory: shared refreshes, versions, and missed changes. */
import { gunzipSync } from 'node:zlib';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Seat } from '../../../../src/commands/schemas/resources.ts';
import { ScheduleModel } from '../../../../src/http/seat-maps/schedule-model.ts';
import { readEvent } from '../../../support/http/wire-events.ts';

function aModel(states: string[], seatCount = states[0]?.length ?? 0) {
  const told: ReturnType<typeof readEvent>[] = [];
  let reads = 0;
  const read = async () => {
    reads += 1;
    return states[Math.min(reads, states.length) - 1] as string;
  };
  const model = new ScheduleModel({
    scheduleId: 4,
    seats: Array.from({ length: seatCount }, (_, index) => ({
      id: index + 1,
      section: 'A "quoted"',
      row: null,
      number: index + 1,
      price: 5,
    })),
    readStates: read,
    readIds: async (state) => {
      const states = [...(await read())];
      const idsOf = (letters: string) =>
        states.flatMap((each, place) => (letters.includes(each) ? [place + 1] : []));
      return {
        ids: idsOf(state === 'held' ? 'hb' : state.charAt(0)),
        blockedIds: state === 'held' ? idsOf('b') : [],
      };
    },
    onStep: (makeEvent) => told.push(readEvent(makeEvent())),
  });
  return { model, told, reads: () => reads };
}

test('the body is the seats with their states, and a new version has a new tag', async () => {
  const { model } = aModel(['ah', 'as']);
  await model.freshen();
  const first = await model.map();
  expect(JSON.parse(first.text)).toEqual({
    scheduleId: 4,
    items: [
      { id: 1, section: 'A "quoted"', row: null, number: 1, price: 5, state: 'available' },
      { id: 2, section: 'A "quoted"', row: null, number: 2, price: 5, state: 'held' },
    ],
  });
  await model.freshen();
  const second = await model.map();
  expect(JSON.parse(second.text).items[1].state).toBe('sold');
  expect(second.etag).not.toBe(first.etag);
});

test('a blocked seat is held and marked, and a change between held and blocked is told', async () => {
  const versions = ['ab', 'ah', 'ab'].map((states) => states.padEnd(500, 'a'));
  const { model, told } = aModel(versions);
  const seen: unknown[] = [];
  const tags = new Set<string>();
  for (let turn = 0; turn < 3; turn += 1) {
    await model.freshen();
    const map = await model.map();
    tags.add(map.etag);
    const { id, state, isBlocked } = JSON.parse(map.text).items[1];
    seen.push({ id, state, isBlocked });
  }
  const held = { id: 2, state: 'held', isBlocked: undefined };
  expect(seen).toEqual([{ ...held, isBlocked: true }, held, { ...held, isBlocked: true }]);
  expect(tags.size).toBe(3);
  expect(told.slice(1).map(({ data }) => data.changes)).toEqual([
    [[2, 'held']],
    [[2, 'held', true]],
  ]);
});

test('concurrent requests share two reads: the one in flight and the next one', async () => {
  const { model, reads } = aModel(['a']);
  await Promise.all(Array.from({ length: 100 }, () => model.freshen()));
  expect(reads()).toBe(2);
});

test('concurrent requests for a large schedule share one read', async () => {
  const { model, reads } = aModel(['a'.repeat(2001)]);
  await Promise.all(Array.from({ length: 100 }, () => model.freshen()));
  await model.freshen();
  expect(reads()).toBeLessThanOrEqual(2);
});

test('a client gets the steps it missed, or all states if its version is unknown', async () => {
  const versions = ['aa', 'ah', 'hh', 'hh'].map((states) => states.padEnd(500, 'a'));
  const { model, told } = aModel(versions);
  const tags: string[] = [];
  for (let turn = 0; turn < 4; turn += 1) {
    await model.freshen();
    tags.push(model.tag);
  }
  expect(tags[3]).toBe(tags[2]);
  expect(told.map(({ event, id }) => [event, id])).toEqual([
    ['reset', tags[0]],
    ['seats', tags[1]],
    ['seats', tags[2]],
  ]);
  const since = (tag?: string) => model.eventsSince(tag).map(readEvent);
  expect(since(tags[0]).map(({ data }) => data)).toEqual([
    { version: tags[1], changes: [[2, 'held']] },
    { version: tags[2], changes: [[1, 'held']] },
  ]);
  expect(since(tags[2])).toEqual([]);
  const id = tags[0]?.split('.')[0];
  for (const unknown of [undefined, '', 'another.1', `${id}.99`, `${id}.x`, `${id}.0`, id]) {
    expect(since(unknown)).toEqual([{ event: 'reset', id: tags[2], data: model.availability }]);
  }
});

test('a step that takes more bytes than all states is sent as all states', async () => {
  const free = 'a'.repeat(1000);
  const { model, told } = aModel([free, `h${free.slice(1)}`, 'h'.repeat(1000), 's'.repeat(1000)]);
  const tags: string[] = [];
  for (let turn = 0; turn < 4; turn += 1) {
    await model.freshen();
    tags.push(model.tag);
  }
  expect(told.map(({ event, id }) => [event, id])).toEqual([
    ['reset', tags[0]],
    ['seats', tags[1]],
    ['reset', tags[2]],
    ['reset', tags[3]],
  ]);
  for (const tag of tags.slice(0, 3)) {
    expect(model.eventsSince(tag)).toEqual([model.reset]);
  }
  expect(model.eventsSince(tags[3])).toEqual([]);
});

test('missed steps that take more bytes than all states are sent as all states', async () => {
  const seats = 1000;
  const versions = Array.from({ length: 10 }, (_, turn) => 'h'.repeat(turn).padEnd(seats, 'a'));
  const { model } = aModel(versions);
  const tags: string[] = [];
  for (const _ of versions) {
    await model.freshen();
    tags.push(model.tag);
  }
  const missedBy = tags.map((tag) => model.eventsSince(tag));
  const bytes = missedBy.map((events) => events.reduce((sum, { bare }) => sum + bare.length, 0));
  expect(missedBy[0]).toEqual([model.reset]);
  expect(missedBy.at(-3)?.map((event) => readEvent(event).event)).toEqual(['seats', 'seats']);
  for (const each of bytes) expect(each).toBeLessThanOrEqual(model.reset.bare.length);
});

test('the seats in one state come in order, with what is known of each', async () => {
  const { model } = aModel(['ahsha', 'ahsaa', 'ahsaa']);
  const held = await model.inState('held');
  expect(JSON.parse(held.text)).toEqual({
    scheduleId: 4,
    items: [2, 4].map((id) => ({
      id,
      section: 'A "quoted"',
      row: null,
      number: id,
      price: 5,
      state: 'held',
    })),
  });
  const fewer = await model.inState('held');
  expect(JSON.parse(fewer.text).items).toHaveLength(1);
  expect(fewer.etag).not.toBe(held.etag);
  expect(await model.inState('held')).toBe(fewer);
  expect((await model.inState('sold')).etag).not.toBe(held.etag);
});

test('the held seats show which of them are blocked, and another version does if that changes', async () => {
  const { model } = aModel(['hab', 'hah']);
  const first = await model.inState('held');
  const blocked = (body: string) =>
    JSON.parse(body).items.map((seat: Seat) => [seat.id, seat.isBlocked]);
  expect(blocked(first.text)).toEqual([
    [1, undefined],
    [3, true],
  ]);
  const second = await model.inState('held');
  expect(blocked(second.text)).toEqual([
    [1, undefined],
    [3, undefined],
  ]);
  expect(second.etag).not.toBe(first.etag);
});

test('concurrent requests for the seats in one state of a large schedule share one read', async () => {
  const small = aModel(['a']);
  const large = aModel(['a'.repeat(2001)]);
  for (const { model } of [small, large]) {
    await Promise.all(Array.from({ length: 100 }, () => model.inState('available')));
    await model.inState('available');
  }
  expect(small.reads()).toBe(3);
  expect(large.reads()).toBeLessThanOrEqual(2);
});

test('a request after a failed read succeeds', async () => {
  let isAway = true;
  const model = new ScheduleModel({
    scheduleId: 4,
    seats: [],
    readStates: async () => '',
    onStep: () => {},
    readIds: async () => {
      if (isAway) throw new Error('PostgreSQL is away.');
      return { ids: [], blockedIds: [] };
    },
  });
  const asked = [model.inState('sold'), model.inState('sold')];
  const heard = Promise.allSettled(asked);
  isAway = false;
  expect((await heard).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
});

test('a map is compressed on the first gzip request', async () => {
  const { model } = aModel(['a'.repeat(50), 'h'.repeat(50)]);
  await model.freshen();
  const map = await model.map();
  expect(map.isCompressed).toBe(false);
  const gzipped = await map.gzipped();
  expect(gunzipSync(gzipped ?? '').toString()).toBe(map.text);
  expect(await map.gzipped()).toBe(gzipped);
});

test('a large schedule that was taken compressed is compressed again before it is shown', async () => {
  const { model } = aModel(['a'.repeat(2001), 'h'.repeat(2001), 's'.repeat(2001)]);
  await model.freshen();
  await (await model.map()).gzipped();
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  vi.advanceTimersByTime(5000);
  await model.freshen();
  vi.advanceTimersByTime(5000);
  expect((await model.map()).isCompressed).toBe(true);
});

test('a request is told that it waits for PostgreSQL, and one that is served from memory is not', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const [small, large] = [aModel(['a']), aModel(['a'.repeat(2001)])];
  const waits: string[] = [];
  const ask = async (name: string, { model }: typeof small) => {
    await model.freshen(() => waits.push(`${name} all`));
    await model.inState('available', () => waits.push(`${name} available`));
  };
  for (let times = 0; times < 2; times += 1) {
    await ask('small', small);
    await ask('large', large);
  }
  const first = ['small all', 'small available', 'large all', 'large available'];
  expect(waits).toEqual([...first, 'small all', 'small available']);
  // The states are old enough to be read again, and new enough to be shown meanwhile.
  vi.advanceTimersByTime(500);
  await large.model.freshen(() => waits.push('soon'));
  vi.advanceTimersByTime(5000);
  await large.model.freshen(() => waits.push('late'));
  expect(waits.slice(6)).toEqual(['late']);
});
