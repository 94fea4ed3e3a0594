/** Which polls are noted, and how often, by a clock that the tests set. */
import { beforeEach, expect, test } from 'vitest';
import { Presence, type PresenceNotes } from '../../../../src/http/queue/presence.ts';

const MINUTE = 60_000;

let now: number;
let written: PresenceNotes[];
let watched: number;
/** What the next writes do not find, because its row is locked. */
let locked: Set<number>;
let failure: Error | undefined;
let presence: Presence;

beforeEach(() => {
  now = 1_900_000_000_000;
  written = [];
  watched = 0;
  locked = new Set();
  failure = undefined;
  presence = new Presence({
    async write(notes) {
      if (failure) throw failure;
      written.push(notes);
      const unlocked = (ids: readonly number[]) => ids.filter((id) => !locked.has(id));
      return { far: unlocked(notes.far), claimed: unlocked(notes.claimed) };
    },
    async noteWatch() {
      watched += 1;
    },
    now: () => now,
  });
});

const poll = (id: number, seenAt?: number) => presence.noteSeen(id, { isNearFront: false, seenAt });
const noted = (kind: 'near' | 'far' = 'far') => written.flatMap((notes) => notes[kind]);

test('each user is noted once in five minutes, at a time of their own', async () => {
  const ids = Array.from({ length: 300 }, (_, index) => index + 1);
  const times = new Map<number, number[]>(ids.map((id) => [id, []]));
  const mostAtOnce: number[] = [];
  for (let second = 0; second < 3600; second += 15) {
    for (const id of ids) poll(id, now);
    written = [];
    await presence.flush();
    for (const id of noted()) times.get(id)?.push(second);
    if (second > 300) mostAtOnce.push(noted().length);
    now += 15_000;
  }
  for (const each of times.values()) {
    expect(each.length).toBeGreaterThanOrEqual(11);
    expect(each.length).toBeLessThanOrEqual(12);
    for (const [index, second] of each.entries())
      expect(second - (each[index - 1] ?? 0)).toBeLessThanOrEqual(315);
  }
  // 15 a poll interval, if they are spread evenly.
  expect(Math.max(...mostAtOnce)).toBeLessThan(40);
});

test('a user whom another process has noted lately is not noted again, and one of whom nothing is known is', async () => {
  poll(1, now);
  poll(2);
  await presence.flush();
  expect(noted()).toEqual([2]);
  now += 6 * MINUTE;
  poll(1, now - 6 * MINUTE);
  await presence.flush();
  expect(noted()).toEqual([2, 1]);
});

test('a user whose row was locked is noted by the next flush', async () => {
  locked.add(1);
  poll(1);
  poll(2);
  await presence.flush();
  await presence.flush();
  await presence.flush();
  expect(noted()).toEqual([1, 2, 1]);
});

test('notes that could not be written are written later, and the process does not say that it watches', async () => {
  failure = new Error('PostgreSQL is away.');
  poll(1);
  presence.noteClaimed(2);
  await expect(presence.flush()).rejects.toThrow('PostgreSQL is away.');
  expect(watched).toBe(0);
  failure = undefined;
  await presence.flush();
  expect(written).toMatchObject([{ far: [1], claimed: [2] }]);
  expect(watched).toBe(1);
});

test('a flush that lasts long is not joined by a second one', async () => {
  const first = presence.flush();
  poll(1);
  const second = presence.flush();
  await Promise.all([first, second]);
  expect([watched, written.length]).toEqual([1, 0]);
  await presence.flush();
  expect(noted()).toEqual([1]);
});

test('a process says each ten seconds that it notes polls, also if nobody polls', async () => {
  await presence.flush();
  now += 9000;
  await presence.flush();
  expect(watched).toBe(1);
  now += 1000;
  await presence.flush();
  expect([watched, written.length]).toEqual([2, 0]);
});

test('a process that has just started writes five thousand notes at once', async () => {
  for (let id = 1; id <= 7000; id += 1) poll(id);
  await presence.flush();
  await presence.flush();
  expect(written.map(({ far }) => far.length)).toEqual([5000, 2000]);
});

test('near the front a user is noted by the first of several polls', async () => {
  const near = { isNearFront: true, seenAt: now };
  presence.noteSeen(1, near);
  presence.noteSeen(1, near);
  await presence.flush();
  presence.noteSeen(1, near);
  await presence.flush();
  expect(noted('near')).toEqual([1]);
});

const pollNear = (id: number) => presence.noteSeen(id, { isNearFront: true, seenAt: undefined });

test('a user who was noted near the front since the last note elsewhere is noted there anew', async () => {
  poll(1);
  await presence.flush();
  pollNear(1);
  await presence.flush();
  poll(1);
  await presence.flush();
  expect([noted('near'), noted()]).toEqual([[1], [1, 1]]);
});

test('a poll near the front while the note of one elsewhere is being written counts as later', async () => {
  poll(1);
  const flushing = presence.flush();
  pollNear(1);
  await flushing;
  await presence.flush();
  poll(1);
  await presence.flush();
  expect([noted('near'), noted()]).toEqual([[1], [1, 1]]);
});

test('a user who polls near the front and elsewhere in one second is noted near it, and at the next poll elsewhere', async () => {
  pollNear(1);
  poll(1);
  await presence.flush();
  expect([noted('near'), noted()]).toEqual([[1], []]);
  poll(1);
  await presence.flush();
  expect(noted()).toEqual([1]);
});

test('a return is written once for each flush in which the user has polled', async () => {
  presence.noteReturned({ id: 1, queueId: 2 });
  presence.noteReturned({ id: 1, queueId: 2 });
  await presence.flush();
  await presence.flush();
  expect(written.map(({ returned }) => returned)).toEqual([[{ id: 1, queueId: 2 }]]);
});

test('what was noted is written when the process stops', async () => {
  presence.noteClaimed(7);
  await presence.stop();
  presence.noteClaimed(8);
  failure = new Error('PostgreSQL is away.');
  await presence.stop();
  expect(written.map(({ claimed }) => claimed)).toEqual([[7]]);
});
