/** The seat maps of a process: the identity of versions, and what listeners receive after a model was evicted. */
import { expect, onTestFinished, test } from 'vitest';
import type { WireEvent } from '../../../../src/http/events/wire-event.ts';
import { SeatMaps } from '../../../../src/http/seat-maps/seat-maps.ts';
import { readEvent } from '../../../support/http/wire-events.ts';
import { waitFor } from '../../../support/wait-for.ts';

const OTHER = 2;

/** Seat maps with a limit of one schedule: a request for another schedule evicts the first one. */
function smallMaps(states: { now: string }) {
  const maps = new SeatMaps(
    {
      fixedSeats: async () =>
        [1, 2, 3].map((id) => ({ id, section: null, row: null, number: id, price: 1 })),
      states: async () => states.now,
      idsInState: async () => [],
      blockedReasons: async () => new Map(),
      areas: async () => [],
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
  expect(after.map?.body).not.toBe(before.map?.body);
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
  expect(heard).toMatchObject([{ event: 'reset', data: { seatCount: 3 } }]);
  expect(heard[0]?.id).not.toBe(lastEventId);
});

test('a listener of an evicted model gets all states', async () => {
  const states = { now: 'aaa' };
  const { maps, heard, listener } = smallMaps(states);
  await maps.listen(1, undefined, listener);
  states.now = 'sss';
  await maps.all(OTHER);
  await waitFor('the states of the new model', () => heard.length > 1);
  const now = (await maps.availability(1))?.states;
  expect(heard[1]).toMatchObject({ event: 'reset', data: { states: now } });
});

test('a schedule without changes sends nothing', async () => {
  const { maps, heard, listener } = smallMaps({ now: 'aaa' });
  await maps.listen(1, undefined, listener);
  await maps.availability(1);
  await maps.availability(1);
  expect(heard).toHaveLength(1);
});

test('a schedule lost in a failover is not found', async () => {
  let seats: number[] | undefined = [1, 2, 3];
  const maps = new SeatMaps({
    fixedSeats: async () =>
      seats?.map((id) => ({ id, section: null, row: null, number: id, price: 1 })),
    states: async () => 'a'.repeat(seats?.length ?? 0),
    idsInState: async () => [],
    blockedReasons: async () => new Map(),
    areas: async () => [],
  });
  onTestFinished(() => maps.stop());
  expect((await maps.all(1))?.body).toContain('"state":"available"');
  seats = undefined;
  expect(await maps.all(1)).toBeUndefined();
  seats = [7];
  expect((await maps.availability(1))?.seatCount).toBe(1);
  seats = [7, 8];
  expect((await maps.availability(1))?.seatCount).toBe(2);
});
