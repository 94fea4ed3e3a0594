/** A user's position in the line of a queue. */
import { expect, test } from 'vitest';
import type { QueueCounters } from '../../../../src/db/reads/queue/counters.ts';
import { QueueLine } from '../../../../src/http/queue/line.ts';
import { isNearFront, passedOver, positionOf } from '../../../../src/http/queue/position.ts';
import { COUNTERS } from './house-queue.ts';

const counters = (given: Partial<QueueCounters>): QueueCounters => ({
  ...COUNTERS,
  lastNumber: 10,
  lastAdmitted: 0,
  ...given,
});

/** A line of which these numbers are gone. */
function lineWithout(...gone: number[]): QueueLine {
  const line = new QueueLine();
  const bits = Array.from({ length: 1024 }, (_, index) => (gone.includes(index + 1) ? '1' : '0'));
  line.apply([{ queueId: 1, source: 'system', block: 0, gone: bits.join(''), version: 1 }]);
  return line;
}

test.each<[string, number, number[], Partial<QueueCounters>, number]>([
  ['the tenth of ten is tenth', 10, [], {}, 10],
  ['the last is first where all ahead are gone', 10, [1, 2, 3, 4, 5, 6, 7, 8, 9], {}, 1],
  ['only those who are gone from before the user count', 5, [2, 7], {}, 4],
  ['a number that is younger than the counters counts on', 13, [], {}, 13],
  ['a position is at most the number of waiting users', 10, [], { waiting: 4 }, 4],
  ['a user whom others have overtaken is first', 1, [2, 3, 4], { lastAdmitted: 4 }, 1],
])('%s', (_case, number, gone, given, position) => {
  expect(positionOf(number, lineWithout(...gone), counters(given))).toBe(position);
});

test('waiting users who are not in the line were passed over', () => {
  expect(passedOver(lineWithout(1, 2, 3), counters({ waiting: 9 }))).toBe(2);
  // The line can be younger than the counters.
  expect(passedOver(lineWithout(), counters({ waiting: 9 }))).toBe(0);
});

const rate = { admitLimit: 10, admitWindowMs: 1000, maxActive: 100, queueTokenMs: 300_000 };

test('the next thousand users are near the front, or those of the next ten windows', () => {
  const near = (position: number, admitLimit: number) =>
    isNearFront(position, { ...rate, admitLimit });
  expect([near(1000, 10), near(1001, 10)]).toEqual([true, false]);
  expect([near(2500, 250), near(2501, 250)]).toEqual([true, false]);
});
